"""`make attacks`: plays the attacks with OpenDP's noise and prints how they went."""

import argparse

from heartport.insights.noise import opendp_draw
from tests.attacks.table import play, printed

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Attack the published figures, beside those of a naive publisher.")
    parser.add_argument("--trials", type=int, default=1000, help="how often each guess is made (1000)")
    parser.add_argument("--worlds", type=int, default=60, help="how many cities are searched for hidden cells (60)")
    asked = parser.parse_args()
    print(printed(play(opendp_draw(), asked.trials, asked.worlds)))
