package catalog

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

var _ bind.Informer = (*Catalog)(nil)

// informationTables are the tables of information_schema. They have the names and columns of the
// standard, as far as they have a meaning here. The catalog is "def", and a schema is a namespace.
// The names of columns of integers end with #.
var informationTables = map[string]struct {
	columns []string
	rows    func(c *Catalog, ctx context.Context, namespace string) ([][]any, error)
}{
	"schemata": {[]string{"catalog_name", "schema_name"}, (*Catalog).schemata},
	"tables": {[]string{
		"table_catalog", "table_schema", "table_name", "table_type", "table_rows#", "table_comment",
	}, (*Catalog).informationOfTables},
	"views": {[]string{"table_catalog", "table_schema", "table_name", "view_definition"}, (*Catalog).informationOfViews},
	"columns": {[]string{
		"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position#", "column_default", "is_nullable",
		"data_type", "character_maximum_length#", "numeric_precision#", "numeric_scale#", "column_type", "column_key", "extra", "column_comment",
	}, (*Catalog).informationOfColumns},
	"statistics": {[]string{
		"table_catalog", "table_schema", "table_name", "non_unique#", "index_name", "seq_in_index#", "column_name", "index_type",
	}, (*Catalog).informationOfIndexes},
	"key_column_usage": {[]string{
		"constraint_catalog", "constraint_schema", "constraint_name", "table_catalog", "table_schema", "table_name", "column_name", "ordinal_position#",
	}, (*Catalog).informationOfKeys},
	"table_constraints": {[]string{
		"constraint_catalog", "constraint_schema", "constraint_name", "table_schema", "table_name", "constraint_type",
	}, (*Catalog).informationOfConstraints},
	"routines": {[]string{
		"routine_catalog", "routine_schema", "routine_name", "routine_type", "routine_body", "external_name", "external_language",
	}, (*Catalog).informationOfModules},
}

// informationCatalog is the value of table_catalog.
const informationCatalog = "def"

// InformationTables returns the names of the tables of information_schema.
func (c *Catalog) InformationTables() []string { return slices.Sorted(maps.Keys(informationTables)) }

// Information returns a table of information_schema, of all namespaces. The table columns has the
// columns of the declared tables and the views, and for a set that is not declared the columns that
// * has, so that it may read a sample of each such set.
func (c *Catalog) Information(ctx context.Context, table string) (*bind.Information, error) {
	known, ok := informationTables[table]
	if !ok {
		return nil, nil
	}
	ctx = outsideTxn(ctx)
	namespaces, err := c.listNamespaces(ctx)
	if err != nil {
		return nil, err
	}
	info := &bind.Information{}
	for _, name := range known.columns {
		column := bind.OutputColumn{Name: name, Kinds: function.String | function.Null}
		if n, isInt := strings.CutSuffix(name, "#"); isInt {
			column.Name, column.Kinds = n, 1<<protocol.KindInt|function.Null
		}
		info.Columns = append(info.Columns, column)
	}
	for _, namespace := range namespaces {
		rows, err := known.rows(c, ctx, namespace)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			values := make([]protocol.Value, len(row))
			for i, v := range row {
				values[i] = protocol.ValueOf(v)
			}
			info.Rows = append(info.Rows, values)
		}
	}
	return info, nil
}

// listNamespaces returns the names of the namespaces of the cluster.
func (c *Catalog) listNamespaces(ctx context.Context) ([]string, error) {
	answers, err := c.client.InfoAll(ctx, &c.options.Policies.Info, "namespaces")
	if err != nil {
		return nil, err
	}
	all := make(map[string]bool)
	for _, answer := range answers {
		if answer.Err != nil {
			return nil, answer.Err
		}
		for name := range strings.SplitSeq(answer.Values["namespaces"], ";") {
			if name != "" {
				all[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all)), nil
}

func (c *Catalog) schemata(_ context.Context, namespace string) ([][]any, error) {
	return [][]any{{informationCatalog, namespace}}, nil
}

func (c *Catalog) informationOfTables(ctx context.Context, namespace string) (rows [][]any, err error) {
	list, err := c.List(ctx, namespace)
	for i := range list {
		kind, records, comment := "BASE TABLE", any(list[i].Records), any(nil)
		if list[i].Type() == "VIEW" {
			kind, records = "VIEW", nil
		}
		if t := list[i].Table; t != nil && t.Comment != "" {
			comment = t.Comment
		}
		rows = append(rows, []any{informationCatalog, namespace, list[i].Name, kind, records, comment})
	}
	return rows, err
}

func (c *Catalog) informationOfViews(ctx context.Context, namespace string) (rows [][]any, err error) {
	list, err := c.Tables(ctx, namespace)
	for _, t := range list {
		if t.View != nil {
			rows = append(rows, []any{informationCatalog, namespace, t.Set, t.ViewText})
		}
	}
	return rows, err
}

func (c *Catalog) informationOfColumns(ctx context.Context, namespace string) (rows [][]any, err error) {
	list, err := c.List(ctx, namespace)
	if err != nil {
		return nil, err
	}
	for i := range list {
		columns, err := c.describe(ctx, namespace, &list[i])
		if err != nil {
			return nil, err
		}
		for j := range columns {
			d := &columns[j]
			row := []any{informationCatalog, namespace, list[i].Name, d.Name, j + 1, nil, "YES", nil, nil, nil, nil, nil, "", "", nil}
			if d.Default != nil {
				row[5] = d.Default.String()
			}
			if d.NotNull {
				row[6] = "NO"
			}
			d.describeType(row[7:12])
			row[12] = d.Key
			if d.Generated {
				row[13] = "auto_increment"
			}
			if d.Comment != "" {
				row[14] = d.Comment
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// A describedColumn is a column as information_schema describes it.
type describedColumn struct {
	bind.TableColumn
	Key       string // PRI, UNI or ""
	Generated bool   // the key is generated
}

// describeType stores the type's name, its length, precision and scale, and all of them as text.
func (d *describedColumn) describeType(row []any) {
	if d.Type.Family == function.Undeclared {
		return
	}
	name, _, _ := strings.Cut(d.Type.String(), "(")
	row[0] = strings.ToLower(name)
	if d.Type.Length > 0 {
		row[1] = int64(d.Type.Length)
	}
	row[4] = strings.ReplaceAll(strings.ToLower(d.Type.String()), ", ", ",")
	if d.Type.Family == function.Decimals {
		row[2], row[3] = int64(d.Type.Precision), int64(d.Type.Scale)
	}
}

// describe returns the columns of a table. A view whose query can't be bound has none.
func (c *Catalog) describe(ctx context.Context, namespace string, t *TableInfo) (columns []describedColumn, err error) {
	switch {
	case t.Table == nil:
		bins, _, err := c.Sample(ctx, namespace, t.Name)
		columns = append(columns, describedColumn{TableColumn: bind.TableColumn{Name: "PK", NotNull: true}, Key: "PRI"})
		for _, bin := range bins {
			columns = append(columns, describedColumn{TableColumn: bind.TableColumn{Name: bin, Bin: bin}})
		}
		return columns, err
	case t.Table.View != nil:
		output, err := c.ViewColumns(ctx, t.Table)
		if err != nil {
			return nil, nil //nolint:nilerr // the other tables are still of interest
		}
		for i := range output {
			columns = append(columns, describedColumn{TableColumn: bind.TableColumn{Name: output[i].Name, Type: output[i].Type}})
		}
		return columns, nil
	}
	for i := range t.Table.Columns {
		d := describedColumn{TableColumn: t.Table.Columns[i]}
		switch {
		case i == t.Table.Key:
			d.Key, d.NotNull, d.Generated = "PRI", true, t.Table.GeneratedKey
		case slices.Contains(t.Table.KeyColumns, i):
			d.Key = "PRI"
		case d.UniqueKey:
			d.Key = "UNI"
		}
		columns = append(columns, d)
	}
	return columns, nil
}

// ViewColumns returns the columns of a view.
func (c *Catalog) ViewColumns(ctx context.Context, t *bind.Table) ([]bind.OutputColumn, error) {
	bound, err := bind.Bind(ctx, t.View, c, bind.Options{Namespace: t.ViewNamespace, Text: t.ViewText})
	if err != nil {
		return nil, err
	}
	columns := slices.Clone(bound.Query.Columns)
	if len(t.Columns) == len(columns) {
		for i := range columns {
			columns[i].Name = t.Columns[i].Name
		}
	}
	return columns, nil
}

// informationOfIndexes returns the primary keys and the secondary indexes.
func (c *Catalog) informationOfIndexes(ctx context.Context, namespace string) (rows [][]any, err error) {
	list, err := c.Tables(ctx, namespace)
	if err != nil {
		return nil, err
	}
	columns := make(map[[2]string]string) // by set and bin
	for _, t := range list {
		for _, column := range t.Columns {
			columns[[2]string{t.Set, column.Bin}] = column.Name
		}
		constraint, _, keys := keyColumns(t)
		for i, column := range keys {
			rows = append(rows, []any{informationCatalog, namespace, t.Set, 0, constraint, i + 1, column, "DIGEST"})
		}
	}
	indexes, err := c.ListIndexes(ctx, namespace)
	for i := range indexes {
		index := &indexes[i]
		var column, set any
		if name, ok := columns[[2]string{index.Set, index.Bin}]; ok && index.Bin != "" {
			column = name
		} else if index.Bin != "" {
			column = index.Bin
		}
		if index.Set != "" {
			set = index.Set
		}
		rows = append(rows, []any{informationCatalog, namespace, set, 1, index.Name, 1, column, "SECONDARY"})
	}
	return rows, err
}
