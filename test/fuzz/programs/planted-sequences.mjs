// A module that ends the process when it is used, for the control of the fuzzer of sequences.

process.abort();
