// Package aerobun is a dialect of github.com/uptrace/bun for Aerospike:
//
//	db, err := aerobun.Open("aerospike://10.0.0.1:3000/test")
//
// bun writes all values into the text of a statement. The dialect writes them so that they keep
// their kind: times as TIMESTAMP '...', bytes as X'...'. Slices, maps and structs are columns of
// type JSON, which are lists and maps in the records. README.md lists what works and what does not.
package aerobun

import (
	"database/sql"
	sqldriver "database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/netip"
	"reflect"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
	"github.com/uptrace/bun/dialect/feature"
	"github.com/uptrace/bun/dialect/sqltype"
	"github.com/uptrace/bun/schema"

	"github.com/aerosql/aerosql/driver"
)

// Name is the name of the dialect. bun knows no name for it.
const Name dialect.Name = 'A'<<8 | 'S'

// Open opens a database. It sets collections=json, because bun reads slices, maps and structs from
// JSON text.
func Open(dsn string) (*bun.DB, error) {
	cfg, err := driver.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	cfg.Collections = driver.CollectionsJSON
	connector, err := driver.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return bun.NewDB(sql.OpenDB(connector), New()), nil
}

// A Dialect is a schema.Dialect.
type Dialect struct {
	schema.BaseDialect
	tables *schema.Tables
}

var _ schema.Dialect = (*Dialect)(nil)

// New returns the dialect for bun.NewDB. The database needs collections=json in its data source
// name.
func New() *Dialect {
	d := new(Dialect)
	d.tables = schema.NewTables(d)
	return d
}

// Init implements schema.Dialect.
func (*Dialect) Init(*sql.DB) {}

// Name returns Name.
func (*Dialect) Name() dialect.Name { return Name }

// Features returns what the SQL of package querylang has. Without UpdateFromTable bun refuses bulk
// updates, and without CompositeIn relations by several columns.
func (*Dialect) Features() feature.Feature {
	return feature.CTE | feature.WithValues | feature.Returning | feature.InsertReturning | feature.DeleteReturning |
		feature.DefaultPlaceholder | feature.SelectExists | feature.InsertOnConflict |
		feature.UpdateTableAlias | feature.UpdateOrderLimit | feature.DeleteTableAlias | feature.DeleteOrderLimit |
		feature.TableTruncate | feature.TableNotExists | feature.CreateIndexIfNotExists | feature.AutoIncrement
}

// Tables implements schema.Dialect.
func (d *Dialect) Tables() *schema.Tables { return d.tables }

// OnTable chooses the types of the columns.
func (*Dialect) OnTable(table *schema.Table) {
	for _, field := range table.FieldMap {
		switch {
		case field.DiscoveredSQLType == sqltype.JSONB || isJSON(field.IndirectType) && field.DiscoveredSQLType == sqltype.VarChar:
			field.DiscoveredSQLType = sqltype.JSON
		case field.DiscoveredSQLType == sqltype.VarChar:
			field.DiscoveredSQLType = "TEXT"
		}
		if declared := strings.ToUpper(field.UserSQLType); declared == sqltype.JSON || declared == sqltype.JSONB || declared == "" && field.DiscoveredSQLType == sqltype.JSON {
			field.Scan = fromJSON(field.Scan)
		}
		switch field.IndirectType.Kind() {
		case reflect.Float32, reflect.Float64:
			field.Append = marked(field.Append)
		}
	}
	if table.Type.PkgPath() == migratePackage && table.Type.Name() == "migrationLock" {
		lockByKey(table)
	}
}

// marked returns an appender that gives floats without a fraction an exponent, so that they are
// floats in SQL too. An integer of more than 53 bits is not always a float.
func marked(plain schema.AppenderFunc) schema.AppenderFunc {
	return func(gen schema.QueryGen, b []byte, v reflect.Value) []byte {
		start := len(b)
		b = plain(gen, b, v)
		if strings.Trim(string(b[start:]), "-0123456789") == "" {
			b = append(b, "e0"...)
		}
		return b
	}
}

var (
	valuerType   = reflect.TypeFor[sqldriver.Valuer]()
	appenderType = reflect.TypeFor[schema.QueryAppender]()
)

// isJSON reports whether bun writes values of a type as JSON: lists, maps and structs that do not
// write themselves.
func isJSON(t reflect.Type) bool {
	pointer := reflect.PointerTo(t)
	if pointer.Implements(valuerType) || pointer.Implements(appenderType) {
		return false
	}
	switch t {
	case reflect.TypeFor[time.Time](), reflect.TypeFor[net.IPNet](), reflect.TypeFor[netip.Addr](), reflect.TypeFor[netip.Prefix]():
		return false
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return t.Elem().Kind() != reflect.Uint8
	}
	return t.Kind() == reflect.Map || t.Kind() == reflect.Struct
}

// fromJSON returns a scanner that gets JSON text. A JSON column with a string, a number or a
// boolean gives this value itself, and only lists and maps are JSON text already.
func fromJSON(plain schema.ScannerFunc) schema.ScannerFunc {
	if plain == nil {
		return nil
	}
	return func(dest reflect.Value, src any) error {
		switch v := src.(type) {
		case string:
			if isList := strings.HasPrefix(v, "[") || strings.HasPrefix(v, "{"); isList && json.Valid([]byte(v)) {
				return plain(dest, src)
			}
		case int64, float64, bool:
		default:
			return plain(dest, src)
		}
		text, err := json.Marshal(src)
		if err != nil {
			return err
		}
		return plain(dest, text)
	}
}

// IdentQuote returns the backquote.
func (*Dialect) IdentQuote() byte { return '`' }

// AppendTime writes TIMESTAMP '...' in UTC, with nanoseconds.
func (*Dialect) AppendTime(b []byte, t time.Time) []byte {
	b = append(b, "TIMESTAMP '"...)
	b = t.UTC().AppendFormat(b, "2006-01-02 15:04:05.999999999")
	return append(b, '\'')
}

// AppendBytes writes X'...'.
func (*Dialect) AppendBytes(b, data []byte) []byte {
	if data == nil {
		return dialect.AppendNull(b)
	}
	b = append(b, "X'"...)
	b = hex.AppendEncode(b, data)
	return append(b, '\'')
}

// AppendJSON writes the JSON text as a value of type JSON.
func (d *Dialect) AppendJSON(b, text []byte) []byte {
	b = append(b, "CAST("...)
	b = d.AppendString(b, string(text))
	return append(b, " AS JSON)"...)
}

// AppendSequence writes AUTO_INCREMENT. Only the key of a record can be generated.
func (*Dialect) AppendSequence(b []byte, table *schema.Table, field *schema.Field) []byte {
	if field.IsPK && len(table.PKs) == 1 {
		b = append(b, " AUTO_INCREMENT"...)
	}
	return b
}

// DefaultVarcharLen returns 0: strings have any length.
func (*Dialect) DefaultVarcharLen() int { return 0 }

// DefaultSchema returns "", the default namespace of the data source name.
func (*Dialect) DefaultSchema() string { return "" }
