import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--bind", default="0.0.0.0")
