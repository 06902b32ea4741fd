"""`make speed`: our layer, the hand-written workloads and Keras, interleaved in one session, as ratios."""
