// Package aerosqlmigrate is a dialect of github.com/rubenv/sql-migrate for Aerospike. Importing it
// registers the dialect under the name "aerospike":
//
//	source := &migrate.FileMigrationSource{Dir: "migrations"}
//	n, err := aerosqlmigrate.Exec(ctx, db, source, migrate.Up, nil)
//
// [Exec] is migrate.ExecContext with what Aerospike needs: a lock, because sql-migrate has none,
// and no transactions. The functions of sql-migrate work too. Their migrations then need the option
// notransaction, unless the data source name has tx=autocommit, and nothing keeps other processes
// out.
package aerosqlmigrate

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/go-gorp/gorp/v3"
	migrate "github.com/rubenv/sql-migrate"

	"github.com/aerosql/aerosql/driver"
)

func init() { migrate.MigrationDialects[driver.Name] = Dialect{} }

// A Dialect is a gorp.Dialect.
type Dialect struct{}

var _ gorp.Dialect = Dialect{}

// QuerySuffix returns ";".
func (Dialect) QuerySuffix() string { return ";" }

// ToSqlType returns the type of a column for a Go type.
func (Dialect) ToSqlType(t reflect.Type, _ int, _ bool) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[time.Time]() {
		return "timestamp"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "double"
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return "blob"
		}
		return "list"
	case reflect.Map:
		return "map"
	case reflect.Struct:
		return sqlNullType(t)
	}
	return "text"
}

// sqlNullType returns the type of a column for sql.NullInt64 and the like.
func sqlNullType(t reflect.Type) string {
	switch strings.TrimPrefix(t.Name(), "Null") {
	case "Int64", "Int32", "Int16", "Byte":
		return "integer"
	case "Float64":
		return "double"
	case "Bool":
		return "boolean"
	case "Time":
		return "timestamp"
	}
	return "text"
}

// AutoIncrStr returns the words that make a column a generated key.
func (Dialect) AutoIncrStr() string { return "auto_increment" }

// AutoIncrBindValue returns the value of a key that is to be generated.
func (Dialect) AutoIncrBindValue() string { return "default" }

// AutoIncrInsertSuffix returns nothing: LastInsertId gives the key.
func (Dialect) AutoIncrInsertSuffix(*gorp.ColumnMap) string { return "" }

// CreateTableSuffix returns nothing.
func (Dialect) CreateTableSuffix() string { return "" }

// CreateIndexSuffix returns nothing.
func (Dialect) CreateIndexSuffix() string { return "" }

// DropIndexSuffix returns nothing.
func (Dialect) DropIndexSuffix() string { return "" }

// TruncateClause returns "truncate".
func (Dialect) TruncateClause() string { return "truncate" }

// BindVar returns "?".
func (Dialect) BindVar(int) string { return "?" }

// QuoteField quotes a name.
func (Dialect) QuoteField(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// QuotedTableForQuery quotes the name of a table. The schema is a namespace.
func (d Dialect) QuotedTableForQuery(schema, table string) string {
	if strings.TrimSpace(schema) == "" {
		return d.QuoteField(table)
	}
	return d.QuoteField(schema) + "." + d.QuoteField(table)
}

// IfSchemaNotExists returns the command with "if not exists". A namespace can't be created by a
// statement, so the server's error says so.
func (Dialect) IfSchemaNotExists(command, _ string) string { return command + " if not exists" }

// IfTableExists returns the command with "if exists".
func (Dialect) IfTableExists(command, _, _ string) string { return command + " if exists" }

// IfTableNotExists returns the command with "if not exists".
func (Dialect) IfTableNotExists(command, _, _ string) string { return command + " if not exists" }

// InsertAutoIncr runs an INSERT and returns the generated key.
func (Dialect) InsertAutoIncr(exec gorp.SqlExecutor, statement string, params ...any) (int64, error) {
	result, err := exec.Exec(statement, params...)
	if err != nil {
		return 0, fmt.Errorf("insert: %w", err)
	}
	return result.LastInsertId()
}
