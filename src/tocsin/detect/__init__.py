"""Detection: rules over tables, correlation in event time, matches made into findings."""
