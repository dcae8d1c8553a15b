// Aerosqlvet finds mistakes in Go programs that use aerosql:
//
//	lostresult   the error of an iterator or of a batch is dropped
//	sqlrowserr   the loop over an sql.Rows is not followed by a check of Rows.Err
//	sqltext      a constant SQL statement that the dialect does not have, or that does not fit the schema
//
// Usage:
//
//	aerosqlvet [-sqltext.schema FILE] [flags] packages
//
// The schema is a file of SQL statements, such as CREATE TABLE. They run on a server in the
// process, and the program's statements are prepared there, so that unknown tables' columns, wrong
// types and wrong numbers of values are found. Without a schema statements are only parsed.
//
// It runs as "go vet -vettool=$(which aerosqlvet)" too. The exit code is 0 if it found nothing, 1
// if the program does not compile, and 3 if it found a mistake.
package main

import (
	"golang.org/x/tools/go/analysis/multichecker"
	"golang.org/x/tools/go/analysis/passes/sqlrowserr"

	"github.com/aerosql/aerosql/cmd/aerosqlvet/passes/lostresult"
	"github.com/aerosql/aerosql/cmd/aerosqlvet/passes/sqltext"
)

func main() {
	multichecker.Main(lostresult.Analyzer, sqlrowserr.Analyzer, sqltext.New())
}
