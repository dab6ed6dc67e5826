import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--net", default="0.0.0.0")
