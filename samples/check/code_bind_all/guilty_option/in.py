import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="0.0.0.0")
