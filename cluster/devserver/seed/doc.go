// Package seed loads files with records into a devserver: JSON lines, CSV, and the text format of
// asbackup. The page about the devserver describes the formats; package internal/recordfile reads
// and writes them.
package seed
