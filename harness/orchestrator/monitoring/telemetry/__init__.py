"""Sensors, and the sampler that reads them while a run is in progress."""
