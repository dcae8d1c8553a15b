// Package seed loads files with records into a devserver: JSON lines, CSV, and the text format of
// asbackup. docs/devserver.md describes the formats; package internal/recordfile reads and writes
// them.
package seed
