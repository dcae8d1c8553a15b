//! Nothing: cargo needs a library to fetch the dependencies of this package.
