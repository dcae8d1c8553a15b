package bind

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// information binds a table of information_schema: its rows become constants.
func (b *binder) information(s *scope, t *ast.Table) From {
	b.noScan(t, "a table of "+InformationSchema)
	name := t.Name.Set.Text
	if !t.Alias.IsZero() {
		name = t.Alias.Text
	}
	q := &Query{Body: &Values{}}
	informer, ok := b.catalog.(Informer)
	if !ok || !t.Name.Bin.IsZero() {
		b.fail(t.Name.Position(), ast.ErrUnknownName, "there is no table %s", t.Name)
		return b.result(s, name, q, nil, t.Name.Position())
	}
	info, err := informer.Information(b.ctx, strings.ToLower(t.Name.Set.Text))
	if err != nil {
		b.failQuietly(err)
		return b.result(s, name, q, nil, t.Name.Position())
	}
	if info == nil {
		b.fail(t.Name.Position(), ast.ErrUnknownName, "there is no table %s%s; %s has the tables %s",
			t.Name, b.nearest(t.Name.Set.Text, informer.InformationTables), InformationSchema, strings.Join(informer.InformationTables(), ", "))
		return b.result(s, name, q, nil, t.Name.Position())
	}
	b.needs.Fresh = true
	q.Columns = info.Columns
	rows := make([][]Expr, len(info.Rows))
	for i, row := range info.Rows {
		rows[i] = make([]Expr, len(row))
		for j, v := range row {
			rows[i][j] = &Const{Value: v, Pos: t.Name.Position()}
		}
	}
	q.Body = &Values{Rows: rows}
	return b.result(s, name, q, nil, t.Name.Position())
}
