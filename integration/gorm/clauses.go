package aerogorm

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// clauseBuilders write the clauses that differ from gorm's own.
var clauseBuilders = map[string]clause.ClauseBuilder{
	"VALUES":      buildValues,
	"SET":         buildSet,
	"ON CONFLICT": buildConflict,
}

// stored returns what a statement writes for a field's value. gorm gives a foreign key the type of
// the primary key, even if the field is a string and the primary key an integer; so such a string
// must be the text of an integer.
func stored(s *schema.Schema, column string, value any) (any, error) {
	field := s.LookUpField(column)
	if field == nil || field.DataType != schema.Int && field.DataType != schema.Uint {
		return value, nil
	}
	text := reflect.Indirect(reflect.ValueOf(value))
	if text.Kind() != reflect.String {
		return value, nil
	}
	if text.Len() == 0 {
		return nil, nil
	}
	n, err := strconv.ParseInt(text.String(), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: %s.%s is %q, but its column has the integers of the primary key that it refers to", gorm.ErrInvalidValue, s.Name, field.Name, text)
	}
	return n, nil
}

// buildValues writes VALUES. A model with several primary keys, such as the table of a many2many
// association, gets the column PK, whose value joins them.
func buildValues(c clause.Clause, builder clause.Builder) {
	stmt, ok := builder.(*gorm.Statement)
	values, isValues := c.Expression.(clause.Values)
	if ok && isValues && len(values.Columns) == 0 && len(values.Values) == 0 {
		_, _ = builder.WriteString("DEFAULT VALUES")
		return
	}
	if ok && isValues && stmt.Schema != nil && stmt.Error == nil {
		var err error
		for _, row := range values.Values {
			for i, column := range values.Columns {
				if row[i], err = stored(stmt.Schema, column.Name, row[i]); err != nil {
					_ = stmt.AddError(err)
					return
				}
			}
		}
		if len(stmt.Schema.PrimaryFields) > 1 {
			if values, err = withJoinedKey(stmt.Schema, values); err != nil {
				_ = stmt.AddError(err)
				return
			}
		}
		c.Expression = values
	}
	c.Build(builder)
}

// buildSet writes SET.
func buildSet(c clause.Clause, builder clause.Builder) {
	stmt, ok := builder.(*gorm.Statement)
	set, isSet := c.Expression.(clause.Set)
	if ok && isSet && stmt.Schema != nil {
		changed := make(clause.Set, 0, len(set))
		for _, a := range set {
			value, err := stored(stmt.Schema, a.Column.Name, a.Value)
			if err != nil {
				_ = stmt.AddError(err)
				return
			}
			if !isOwnKey(stmt, a) {
				changed = append(changed, clause.Assignment{Column: a.Column, Value: value})
			}
		}
		c.Expression = changed
	}
	c.Build(builder)
}

// isOwnKey reports whether an assignment gives the statement's model the primary key that it has.
// gorm writes it if the new values are not in the model.
func isOwnKey(stmt *gorm.Statement, a clause.Assignment) bool {
	field := stmt.Schema.LookUpField(a.Column.Name)
	model := reflect.Indirect(reflect.ValueOf(stmt.Model))
	if field == nil || !field.PrimaryKey || !model.IsValid() || model.Type() != stmt.Schema.ModelType {
		return false
	}
	key, _ := field.ValueOf(stmt.Context, model)
	return reflect.DeepEqual(key, a.Value)
}

// withJoinedKey adds the column PK.
func withJoinedKey(s *schema.Schema, values clause.Values) (clause.Values, error) {
	keys := make([]int, len(s.PrimaryFields))
	for i, field := range s.PrimaryFields {
		keys[i] = -1
		for j, column := range values.Columns {
			if column.Name == field.DBName {
				keys[i] = j
			}
		}
		if keys[i] < 0 {
			return values, fmt.Errorf("%w: the model %s has several primary keys, and %s has no value", gorm.ErrPrimaryKeyRequired, s.Name, field.Name)
		}
	}
	joined := clause.Values{Columns: append([]clause.Column{{Name: "PK"}}, values.Columns...)}
	for _, row := range values.Values {
		parts := make([]string, len(keys))
		for i, k := range keys {
			if _, generated := row[k].(clause.Expression); generated {
				return values, fmt.Errorf("%w: the model %s has several primary keys, and %s has no value", gorm.ErrPrimaryKeyRequired, s.Name, s.PrimaryFields[i].Name)
			}
			parts[i] = strings.NewReplacer(`\`, `\\`, "/", `\/`).Replace(fmt.Sprint(row[k]))
		}
		joined.Values = append(joined.Values, append([]any{strings.Join(parts, "/")}, row...))
	}
	return joined, nil
}

// buildConflict writes ON CONFLICT. The columns of several primary keys are the key PK.
func buildConflict(c clause.Clause, builder clause.Builder) {
	stmt, ok := builder.(*gorm.Statement)
	conflict, isConflict := c.Expression.(clause.OnConflict)
	if ok && isConflict && stmt.Schema != nil && len(stmt.Schema.PrimaryFields) > 1 && len(conflict.Columns) > 0 {
		conflict.Columns = nil
		for _, field := range stmt.Schema.PrimaryFields {
			conflict.DoUpdates = withoutColumn(conflict.DoUpdates, field.DBName)
		}
		c.Expression = conflict
	}
	c.Build(builder)
}

func withoutColumn(set clause.Set, name string) (rest clause.Set) {
	for _, a := range set {
		if a.Column.Name != name {
			rest = append(rest, a)
		}
	}
	return rest
}
