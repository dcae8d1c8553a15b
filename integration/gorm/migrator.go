package aerogorm

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/migrator"
	"gorm.io/gorm/schema"

	"github.com/aerosql/aerosql/querylang/parse"
)

// ErrUnsupported means that the servers can't do what a model or a call of the Migrator asks for.
var ErrUnsupported = errors.New("aerospike can't do this")

// A Migrator is a gorm.Migrator. AutoMigrate declares tables, adds columns and creates indexes. It
// changes no records, and waits until an index is built.
type Migrator struct{ migrator.Migrator }

var _ gorm.Migrator = Migrator{}

// CurrentDatabase returns the default namespace.
func (m Migrator) CurrentDatabase() (name string) {
	m.DB.Raw("SELECT DATABASE()").Row().Scan(&name)
	return name
}

// count returns the result of a query of information_schema about the table of a value.
func (m Migrator) count(value any, from, condition string, args ...any) (n int64) {
	err := m.RunWithValue(value, func(stmt *gorm.Statement) error {
		namespace, table := m.tableOf(stmt)
		return m.DB.Raw("SELECT COUNT(*) FROM information_schema."+from+" WHERE table_schema = ? AND table_name = ? AND "+condition,
			append([]any{namespace, table}, args...)...).Row().Scan(&n)
	})
	_ = m.DB.AddError(err)
	return n
}

// tableOf returns the namespace and the set of a statement's table.
func (m Migrator) tableOf(stmt *gorm.Statement) (namespace, table string) {
	if namespace, table, ok := strings.Cut(stmt.Table, "."); ok {
		return namespace, table
	}
	return m.CurrentDatabase(), stmt.Table
}

// HasTable reports whether a table is declared. A set with records that is not declared is no
// table, so that AutoMigrate declares it.
func (m Migrator) HasTable(value any) bool {
	return m.count(value, "columns", "data_type IS NOT NULL") > 0
}

// HasColumn reports whether a table has a column.
func (m Migrator) HasColumn(value any, field string) bool {
	name := field
	_ = m.RunWithValue(value, func(stmt *gorm.Statement) error {
		if stmt.Schema != nil {
			if f := stmt.Schema.LookUpField(field); f != nil {
				name = f.DBName
			}
		}
		return nil
	})
	return m.count(value, "columns", "column_name = ?", name) > 0
}

// HasIndex reports whether a set has an index of this name.
func (m Migrator) HasIndex(value any, name string) bool {
	_ = m.RunWithValue(value, func(stmt *gorm.Statement) error {
		if stmt.Schema != nil {
			if index := stmt.Schema.LookIndex(name); index != nil {
				name = index.Name
			}
		}
		return nil
	})
	return m.count(value, "statistics", "index_name = ?", name) > 0
}

// GetTables returns the declared tables and the sets of the default namespace.
func (m Migrator) GetTables() (list []string, err error) {
	err = m.DB.Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY table_name",
		m.CurrentDatabase()).Scan(&list).Error
	return list, err
}

// ColumnTypes returns the declared columns of a table.
func (m Migrator) ColumnTypes(value any) (list []gorm.ColumnType, err error) {
	err = m.RunWithValue(value, func(stmt *gorm.Statement) error {
		namespace, table := m.tableOf(stmt)
		rows, err := m.DB.Raw(`SELECT column_name, data_type, is_nullable, column_default, column_key, character_maximum_length, numeric_precision, numeric_scale
			FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`, namespace, table).Rows()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c migrator.ColumnType
			var nullable, key string
			var kind sql.NullString
			if err := rows.Scan(&c.NameValue, &kind, &nullable, &c.DefaultValueValue, &key, &c.LengthValue, &c.DecimalSizeValue, &c.ScaleValue); err != nil {
				return err
			}
			c.DataTypeValue, c.ColumnTypeValue = kind, kind
			c.NullableValue = sql.NullBool{Bool: nullable == "YES", Valid: true}
			c.PrimaryKeyValue = sql.NullBool{Bool: key == "PRI", Valid: true}
			c.UniqueValue = sql.NullBool{Bool: key == "UNI", Valid: true}
			list = append(list, c)
		}
		if err := rows.Err(); err != nil || len(list) > 0 {
			return err
		}
		return fmt.Errorf("aerogorm: there is no table %s.%s", namespace, table)
	})
	return list, err
}

// MigrateColumn changes the default of a column to that of its field. The type of a column and
// whether it can be NULL can't be changed, so a difference is ErrUnsupported.
func (m Migrator) MigrateColumn(value any, field *schema.Field, column gorm.ColumnType) error {
	if field.IgnoreMigration {
		return nil
	}
	want, _, _ := strings.Cut(m.DataTypeOf(field), " ")
	if have := column.DatabaseTypeName(); field.TagSettings["TYPE"] == "" && have != "" && !strings.EqualFold(have, want) {
		return fmt.Errorf("%w: the column %s is declared as %s, and the field %s.%s needs %s; the type of a column can't be changed",
			ErrUnsupported, column.Name(), have, field.Schema.Name, field.Name, want)
	}
	if nullable, ok := column.Nullable(); ok && !field.PrimaryKey && nullable == field.NotNull {
		return fmt.Errorf("%w: NOT NULL of the column %s differs from the field %s.%s, and can't be changed",
			ErrUnsupported, column.Name(), field.Schema.Name, field.Name)
	}
	return m.migrateDefault(value, field, column)
}

// migrateDefault changes the default of a column.
func (m Migrator) migrateDefault(value any, field *schema.Field, column gorm.ColumnType) error {
	have, has := column.DefaultValue()
	_, want, wanted := strings.Cut(m.Migrator.FullDataTypeOf(field).SQL, " DEFAULT ")
	if has == wanted && have == want {
		return nil
	}
	return m.RunWithValue(value, func(stmt *gorm.Statement) error {
		args := []any{m.CurrentTable(stmt), clause.Column{Name: field.DBName}}
		if !wanted {
			return m.DB.Exec("ALTER TABLE ? ALTER COLUMN ? DROP DEFAULT", args...).Error
		}
		return m.DB.Exec("ALTER TABLE ? ALTER COLUMN ? SET DEFAULT "+want, args...).Error
	})
}

// CreateTable declares tables, and creates their indexes.
func (m Migrator) CreateTable(values ...any) error {
	for _, value := range m.ReorderModels(values, false) {
		if err := m.RunWithValue(value, func(stmt *gorm.Statement) error { return m.declare(stmt, value) }); err != nil {
			return err
		}
	}
	return nil
}

// declare declares a table. A table with several primary keys has its key in PK only.
func (m Migrator) declare(stmt *gorm.Statement, value any) error {
	if stmt.Schema == nil {
		return errors.New("aerogorm: the model has no schema")
	}
	var lines []string
	args := []any{m.CurrentTable(stmt)}
	single := len(stmt.Schema.PrimaryFields) == 1
	for _, name := range stmt.Schema.DBNames {
		field := stmt.Schema.FieldsByDBName[name]
		if field.IgnoreMigration {
			continue
		}
		line := "? ?"
		if single && field.PrimaryKey {
			line += " PRIMARY KEY"
		}
		lines = append(lines, line)
		kind := m.FullDataTypeOf(field)
		if !single {
			kind.SQL = strings.Replace(kind.SQL, " AUTO_INCREMENT", "", 1) // only the key can be generated
		}
		args = append(args, clause.Column{Name: name}, kind)
	}
	for _, unique := range stmt.Schema.ParseUniqueConstraints() {
		if len(stmt.Schema.PrimaryFields) > 0 {
			return fmt.Errorf("%w: the field %s.%s is unique beside the primary key; only the key is unique. Make it the key, or keep a table of its own whose key it is",
				ErrUnsupported, stmt.Schema.Name, unique.Field.Name)
		}
		lines = append(lines, "UNIQUE (?)")
		args = append(args, clause.Column{Name: unique.Field.DBName})
	}
	for _, check := range stmt.Schema.ParseCheckConstraints() {
		lines = append(lines, "CHECK (?)")
		args = append(args, clause.Expr{SQL: check.Constraint})
	}
	tx := m.DB.Session(&gorm.Session{})
	if err := tx.Exec("CREATE TABLE ? ("+strings.Join(lines, ", ")+")", args...).Error; err != nil {
		return err
	}
	for _, index := range stmt.Schema.ParseIndexes() {
		if err := tx.Migrator().CreateIndex(value, index.Name); err != nil {
			return err
		}
	}
	return nil
}

// CreateIndex creates an index and waits until it is built. Unique indexes and indexes of several
// columns are ErrUnsupported.
func (m Migrator) CreateIndex(value any, name string) error {
	return m.RunWithValue(value, func(stmt *gorm.Statement) error {
		if stmt.Schema == nil {
			return errors.New("aerogorm: the model has no schema")
		}
		index := stmt.Schema.LookIndex(name)
		if index == nil {
			return fmt.Errorf("aerogorm: the model %s has no index %s", stmt.Schema.Name, name)
		}
		switch {
		case strings.EqualFold(index.Class, "UNIQUE"):
			return fmt.Errorf("%w: the index %s is unique; only the key is unique", ErrUnsupported, index.Name)
		case len(index.Fields) != 1:
			return fmt.Errorf("%w: the index %s has %d columns; the servers index one value of a record, so give each column its own index", ErrUnsupported, index.Name, len(index.Fields))
		}
		column := clause.Expression(clause.Expr{SQL: "?", Vars: []any{clause.Column{Name: index.Fields[0].DBName}}})
		if e := index.Fields[0].Expression; e != "" {
			column = clause.Expr{SQL: e}
		}
		text := "CREATE "
		if index.Class != "" {
			text += index.Class + " "
		}
		text += "INDEX ? ON ? (?)"
		if index.Type != "" {
			text += " " + index.Type
		}
		return m.DB.Exec(text+" WAIT", clause.Column{Name: index.Name}, m.CurrentTable(stmt), column).Error
	})
}

// DropIndex drops an index.
func (m Migrator) DropIndex(value any, name string) error {
	return m.RunWithValue(value, func(stmt *gorm.Statement) error {
		if stmt.Schema != nil {
			if index := stmt.Schema.LookIndex(name); index != nil {
				name = index.Name
			}
		}
		return m.DB.Exec("DROP INDEX ? ON ?", clause.Column{Name: name}, m.CurrentTable(stmt)).Error
	})
}

// HasConstraint reports whether a table is declared with a CHECK constraint of the model. The
// servers have no other constraints.
func (m Migrator) HasConstraint(value any, name string) bool {
	found := false
	err := m.RunWithValue(value, func(stmt *gorm.Statement) error {
		if stmt.Schema == nil {
			return nil
		}
		for _, check := range stmt.Schema.ParseCheckConstraints() {
			if check.Name != name && check.Field.Name != name {
				continue
			}
			condition, err := parse.Expression(check.Constraint)
			if err != nil {
				return err
			}
			var table, declared string
			if err := m.DB.Raw("SHOW CREATE TABLE ?", m.CurrentTable(stmt)).Row().Scan(&table, &declared); err != nil {
				return err
			}
			found = strings.Contains(declared, "CHECK ("+condition.String()+")")
		}
		return nil
	})
	_ = m.DB.AddError(err)
	return found
}

// CreateConstraint is ErrUnsupported. CHECK constraints are declared by CreateTable only.
func (m Migrator) CreateConstraint(_ any, name string) error {
	return fmt.Errorf("%w: the constraint %s can't be added to a table that is declared", ErrUnsupported, name)
}

// DropConstraint is ErrUnsupported.
func (m Migrator) DropConstraint(_ any, name string) error {
	return fmt.Errorf("%w: constraints, such as %s, can't be dropped", ErrUnsupported, name)
}

// AlterColumn is ErrUnsupported.
func (m Migrator) AlterColumn(_ any, field string) error {
	return fmt.Errorf("%w: the type of the column %s can't be changed; add a column", ErrUnsupported, field)
}

// RenameTable is ErrUnsupported.
func (m Migrator) RenameTable(oldName, newName any) error {
	return fmt.Errorf("%w: a set can't be renamed; create the other table and use INSERT INTO ... SELECT", ErrUnsupported)
}

// RenameIndex is ErrUnsupported.
func (m Migrator) RenameIndex(_ any, oldName, _ string) error {
	return fmt.Errorf("%w: the index %s can't be renamed; create another one", ErrUnsupported, oldName)
}
