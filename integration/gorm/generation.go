package aerogorm

import (
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// ErrStale means that a record was changed or deleted since it was read.
var ErrStale = errors.New("the record was changed since it was read")

// A Generation is a field that makes updates and deletes of a model an optimistic lock:
//
//	type Account struct {
//		ID      int64
//		Balance int64
//		Gen     aerogorm.Generation `gorm:"->;-:migration"`
//	}
//
// The field is the record's generation, which the servers count. Queries of the whole model read
// it. Save, Updates and Delete of a model with a value other than 0 change the record only if its
// generation is still the same; otherwise the error is ErrStale. After an update the field has the
// new generation. The tag "->" keeps gorm from writing the field, and "-:migration" from declaring
// it.
type Generation uint32

var (
	_ schema.QueryClausesInterface  = Generation(0)
	_ schema.UpdateClausesInterface = Generation(0)
	_ schema.DeleteClausesInterface = Generation(0)
)

// generationClause changes a statement on a model with a Generation.
type generationClause struct {
	field *schema.Field
	what  func(*gorm.Statement, *schema.Field)
}

// Name implements clause.Interface.
func (generationClause) Name() string { return "" }

// Build implements clause.Interface.
func (generationClause) Build(clause.Builder) {}

// MergeClause implements clause.Interface.
func (generationClause) MergeClause(*clause.Clause) {}

// ModifyStatement implements gorm.StatementModifier.
func (g generationClause) ModifyStatement(stmt *gorm.Statement) { g.what(stmt, g.field) }

// QueryClauses implements schema.QueryClausesInterface.
func (Generation) QueryClauses(f *schema.Field) []clause.Interface {
	return []clause.Interface{generationClause{f, selectGeneration}}
}

// UpdateClauses implements schema.UpdateClausesInterface.
func (Generation) UpdateClauses(f *schema.Field) []clause.Interface {
	return []clause.Interface{generationClause{f, checkGeneration}}
}

// DeleteClauses implements schema.DeleteClausesInterface.
func (Generation) DeleteClauses(f *schema.Field) []clause.Interface {
	return []clause.Interface{generationClause{f, checkGeneration}}
}

// selectGeneration adds the generation to a query of all columns.
func selectGeneration(stmt *gorm.Statement, f *schema.Field) {
	if _, chosen := stmt.Clauses["SELECT"]; chosen || len(stmt.Selects) > 0 || len(stmt.Omits) > 0 || stmt.Distinct || len(stmt.Joins) > 0 {
		return
	}
	table := stmt.Quote(clause.Table{Name: clause.CurrentTable})
	stmt.AddClause(clause.Select{Expression: clause.Expr{SQL: table + ".*, " + table + ".__generation AS " + stmt.Quote(f.DBName)}})
}

const generationChecked = "aerospike:generation"

// checkGeneration adds the condition to an update or a delete of one model.
func checkGeneration(stmt *gorm.Statement, f *schema.Field) {
	model := stmt.ReflectValue
	if stmt.SQL.Len() > 0 || !model.IsValid() || model.Type() != stmt.Schema.ModelType || !model.CanAddr() {
		return
	}
	if _, done := stmt.Clauses[generationChecked]; done {
		return
	}
	stmt.Clauses[generationChecked] = clause.Clause{}
	if value, isZero := f.ValueOf(stmt.Context, model); !isZero {
		stmt.AddClause(clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "__generation = ?", Vars: []any{value}}}})
		stmt.Settings.Store(generationChecked, f)
	}
	if _, isUpdate := stmt.Clauses["SET"]; isUpdate || stmt.Dest != nil && stmt.BuildClauses[0] == "UPDATE" {
		stmt.AddClause(clause.Returning{Columns: []clause.Column{{Name: "__generation", Alias: f.DBName}}})
	}
}

// registerGeneration registers the callbacks that report a stale model.
func registerGeneration(db *gorm.DB) error {
	stale := func(db *gorm.DB) {
		checked, ok := db.Statement.Settings.LoadAndDelete(generationChecked)
		if !ok || db.Error != nil || db.DryRun || db.RowsAffected > 0 {
			return
		}
		value, _ := checked.(*schema.Field).ValueOf(db.Statement.Context, db.Statement.ReflectValue)
		_ = db.AddError(fmt.Errorf("%w: %s with generation %v", ErrStale, db.Statement.Schema.Name, value))
	}
	return errors.Join(
		db.Callback().Update().After("gorm:update").Register("aerospike:stale_update", stale),
		db.Callback().Delete().After("gorm:delete").Register("aerospike:stale_delete", stale))
}
