import fc from "fast-check";

// One example that fails is enough to notice a mutant: looking for a smaller one takes the time of many others.
fc.configureGlobal({ endOnFailure: true });
