// Migrate runs the migrations of a program with goose, which it has inside: the files are part of
// the binary. Run it before the program, or call migrate at the start of the program. Any number of
// processes can do so at once; one migrates while the others wait.
//
//	go run ./examples/migrate -dsn aerospike://10.0.0.1/test
package main

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem" // DSNs of the form aerospike+mem://
	_ "github.com/aerosql/aerosql/driver"
	aerogoose "github.com/aerosql/aerosql/integration/goose"
)

//go:embed migrations/*.sql
var files embed.FS

func main() {
	dsn := flag.String("dsn", "aerospike+mem://migrate/test", "data source `name`")
	flag.Parse()
	db, err := sql.Open("aerospike", *dsn)
	if err != nil {
		log.Fatal(err)
	}
	if err := errors.Join(migrate(context.Background(), db, os.Stdout), db.Close()); err != nil {
		log.Fatal(err)
	}
}

// migrate applies the migrations that the cluster does not have yet.
func migrate(ctx context.Context, db *sql.DB, out io.Writer) error {
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	provider, err := aerogoose.New(ctx, db, migrations, nil)
	if err != nil {
		return err
	}
	applied, err := provider.Up(ctx) // of a failure too: what was applied before it
	for _, a := range applied {
		fmt.Fprintf(out, "applied %s\n", a.Source.Path)
	}
	if err != nil {
		return err
	}
	version, err := provider.GetDBVersion(ctx)
	fmt.Fprintf(out, "version %d\n", version)
	return err
}
