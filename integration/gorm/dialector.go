// Package aerogorm is a dialect of gorm.io/gorm for Aerospike:
//
//	db, err := gorm.Open(aerogorm.Open("aerospike://10.0.0.1:3000/test"), &gorm.Config{})
//
// Tables are declared by AutoMigrate, or not at all: then the primary key of a model is the column
// PK. README.md lists what works and what does not.
//
// Open sets three options of gorm.Config. SkipDefaultTransaction, because most namespaces have no
// transactions. DisableNestedTransaction, because the servers have no savepoints.
// DisableForeignKeyConstraintWhenMigrating, because they check no references.
package aerogorm

import (
	"database/sql"
	"errors"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/migrator"
	"gorm.io/gorm/schema"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// A Dialector is a gorm.Dialector. Set DSN or Conn.
type Dialector struct {
	// DSN is the data source name of a database that Open opens. Close it with the sql.DB that
	// gorm.DB.DB returns.
	DSN string
	// Conn is a database that is open, such as an *sql.DB; it takes precedence.
	Conn gorm.ConnPool
}

var (
	_ gorm.Dialector       = Dialector{}
	_ gorm.ErrorTranslator = Dialector{}
)

// Open returns a dialector that opens a database.
func Open(dsn string) gorm.Dialector { return Dialector{DSN: dsn} }

// New returns a dialector that uses a database.
func New(conn gorm.ConnPool) gorm.Dialector { return Dialector{Conn: conn} }

// Name returns "aerospike".
func (Dialector) Name() string { return driver.Name }

// Initialize implements gorm.Dialector.
func (d Dialector) Initialize(db *gorm.DB) error {
	db.SkipDefaultTransaction = true
	db.DisableNestedTransaction = true
	db.DisableForeignKeyConstraintWhenMigrating = true
	db.ConnPool = d.Conn
	if d.Conn == nil {
		conn, err := sql.Open(driver.Name, d.DSN)
		if err != nil {
			return err
		}
		db.ConnPool = conn
	}
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		CreateClauses: []string{"INSERT", "VALUES", "ON CONFLICT", "RETURNING"},
		UpdateClauses: []string{"UPDATE", "SET", "WHERE", "ORDER BY", "LIMIT", "RETURNING"},
		DeleteClauses: []string{"DELETE", "FROM", "WHERE", "ORDER BY", "LIMIT", "RETURNING"},
	})
	for name, build := range clauseBuilders {
		db.ClauseBuilders[name] = build
	}
	if err := db.Callback().Create().After("gorm:create").Register("aerospike:drop_guessed_keys", dropGuessedKeys); err != nil {
		return err
	}
	return registerGeneration(db)
}

// Migrator returns a migrator.
func (d Dialector) Migrator(db *gorm.DB) gorm.Migrator {
	return Migrator{migrator.Migrator{Config: migrator.Config{DB: db, Dialector: d, CreateIndexAfterCreateTable: true}}}
}

// DefaultValueOf returns DEFAULT, with which the server's side of the dialect generates keys.
func (Dialector) DefaultValueOf(*schema.Field) clause.Expression { return clause.Expr{SQL: "DEFAULT"} }

// BindVarTo writes "?".
func (Dialector) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) { _ = w.WriteByte('?') }

// QuoteTo writes a name in backquotes, and each part of a name with dots. PK and the other pseudo
// columns stay as they are.
func (Dialector) QuoteTo(w clause.Writer, name string) {
	for i, part := range splitName(name) {
		if i > 0 {
			_ = w.WriteByte('.')
		}
		if isPseudo(part) {
			_, _ = w.WriteString(part)
			continue
		}
		_, _ = w.WriteString("`" + strings.ReplaceAll(part, "`", "``") + "`")
	}
}

// splitName splits a name at its dots. A part that is in backquotes already may contain dots.
func splitName(name string) (parts []string) {
	for {
		if strings.HasPrefix(name, "`") {
			if quoted, rest, ok := strings.Cut(name[1:], "`"); ok && (rest == "" || rest[0] == '.') {
				parts = append(parts, quoted)
				if rest == "" {
					return parts
				}
				name = rest[1:]
				continue
			}
		}
		part, rest, more := strings.Cut(name, ".")
		parts = append(parts, part)
		if !more {
			return parts
		}
		name = rest
	}
}

// isPseudo reports whether a name is that of a pseudo column.
func isPseudo(name string) bool {
	switch name {
	case "PK", "__key", "__digest", "__generation", "__ttl", "__void_time", "__last_update", "__size", "__set":
		return true
	}
	return false
}

// Explain returns a statement with its arguments, for logs.
func (Dialector) Explain(text string, args ...any) string {
	return logger.ExplainSQL(text, nil, "'", args...)
}

// DataTypeOf returns the type of a column: that of the tag "type", or one for the field's Go type.
func (Dialector) DataTypeOf(field *schema.Field) string {
	if _, ours := field.Serializer.(serializer); ours && field.TagSettings["TYPE"] == "" {
		return collectionType(field.IndirectFieldType)
	}
	switch field.DataType {
	case schema.Bool:
		return "BOOLEAN"
	case schema.Int, schema.Uint:
		if field.AutoIncrement {
			return "INTEGER AUTO_INCREMENT"
		}
		return "INTEGER"
	case schema.Float:
		return "DOUBLE"
	case schema.String:
		return "TEXT"
	case schema.Time:
		return "TIMESTAMP"
	case schema.Bytes:
		return "BLOB"
	}
	return string(field.DataType)
}

// Translate returns gorm's error for an error of the driver, if it has one. gorm.Config calls it
// with TranslateError.
func (Dialector) Translate(err error) error {
	switch {
	case errors.Is(err, protocol.KeyExists):
		return gorm.ErrDuplicatedKey
	case err != nil && strings.Contains(err.Error(), "the row does not meet CHECK"):
		return gorm.ErrCheckConstraintViolated
	}
	return err
}
