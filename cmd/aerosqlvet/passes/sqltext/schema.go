package sqltext

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem" // a server in the process
	_ "github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/parse"
)

// A schema is a database with the tables of a file, on a server in the process.
type schema struct {
	db *sql.DB
}

// A schemaOnce opens a schema once. It is never closed: the program ends with the analysis.
type schemaOnce struct {
	once   sync.Once
	schema *schema
	err    error
}

func (o *schemaOnce) open(file, namespace string) (*schema, error) {
	o.once.Do(func() { o.schema, o.err = openSchema(file, namespace) })
	return o.schema, o.err
}

// openSchema runs the statements of a file.
func openSchema(file, namespace string) (*schema, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the schema: %w", err)
	}
	db, err := sql.Open("aerospike", "aerospike+mem://aerosqlvet/"+url.PathEscape(namespace))
	if err != nil {
		return nil, err
	}
	s := &schema{db: db}
	if _, err := s.db.Exec(string(text)); err != nil {
		return nil, fmt.Errorf("the schema %s: %w", file, err)
	}
	return s, nil
}

// prepare returns the error of preparing the statements of a text.
func (s *schema) prepare(ctx context.Context, text string) error {
	statements, err := parse.All(text, querylang.Standard)
	if err != nil {
		return parses(text)
	}
	if len(statements) == 1 {
		return s.prepareOne(ctx, text)
	}
	for _, one := range statements {
		if err := s.prepareOne(ctx, one.Statement.String()); err != nil {
			return err
		}
	}
	return nil
}

func (s *schema) prepareOne(ctx context.Context, text string) error {
	stmt, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return err
	}
	return stmt.Close()
}
