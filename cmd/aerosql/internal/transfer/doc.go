// Package transfer is the commands aerosql load and aerosql dump: they store the records of a file
// in a cluster, and write the records of a cluster to a file.
package transfer
