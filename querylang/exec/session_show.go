package exec

import (
	"context"
	"maps"
	"slices"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec/catalog"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A showing is a SHOW of the cluster or the catalog. Its rows are filtered by the pattern of LIKE,
// which is compared with the column named name.
type showing struct {
	session   *Session
	statement *ast.Show
	plan      *plan.Command
	engine    *Engine
	client    *cluster.Client
	admin     *admin.Client
	info      *cluster.InfoPolicy
	columns   []bind.OutputColumn
	rows      [][]protocol.Value
}

// shows are what SHOW shows: the columns of the result, and the function that adds the rows. The
// names of columns of integers end with #, those of booleans with ?.
var shows = map[string]struct {
	columns []string
	run     func(w *showing, ctx context.Context) error
}{
	"TABLES":       {[]string{"namespace", "name", "type", "records#"}, (*showing).tables},
	"VIEWS":        {[]string{"namespace", "name", "query"}, (*showing).views},
	"COLUMNS":      {[]string{"name", "type", "nullable?", "key", "default", "bin"}, (*showing).tableColumns},
	"BINS":         {[]string{"name"}, (*showing).bins},
	"CREATE TABLE": {[]string{"name", "statement"}, (*showing).create},
	"CREATE VIEW":  {[]string{"name", "statement"}, (*showing).create},
	"CREATE INDEX": {[]string{"name", "statement"}, (*showing).createIndex},
	"INDEXES":      {[]string{"namespace", "set", "name", "bin", "type", "collection", "ready?"}, (*showing).indexes},
	"NAMESPACES":   {[]string{"name", "records#", "copies#", "strong?", "bytes#"}, (*showing).namespaces},
	"SETS":         {[]string{"namespace", "name", "records#", "bytes#", "indexes#"}, (*showing).sets},
	"NODES":        {[]string{"name", "address", "version", "active?"}, (*showing).nodes},
	"FUNCTIONS":    {[]string{"name", "parameters", "group", "description"}, (*showing).functions},
	"MODULES":      {[]string{"name", "type", "hash"}, (*showing).modules},

	"CREATE FUNCTION": {[]string{"name", "statement"}, (*showing).createModule},
	"USERS":           {[]string{"name", "roles"}, (*showing).users},
	"USER":            {[]string{"name", "roles"}, (*showing).users},
	"ROLES":           {[]string{"name", "privileges", "read_quota#", "write_quota#", "allowlist"}, (*showing).roles},
	"ROLE":            {[]string{"name", "privileges", "read_quota#", "write_quota#", "allowlist"}, (*showing).roles},
	"GRANTS":          {[]string{"name", "role", "privileges"}, (*showing).grants},
	"JOBS":            {[]string{"node", "name", "namespace", "set", "type", "status", "records#"}, (*showing).jobs},
}

// show runs SHOW.
func (s *Session) show(ctx context.Context, p *plan.Command, statement *ast.Show, pattern protocol.Value) (*Result, error) {
	matches, err := like(p, statement, pattern)
	if err != nil {
		return nil, err
	}
	switch statement.What {
	case "VARIABLES":
		return s.showVariables(matches), nil
	case "CURSORS":
		return s.showCursors(matches), nil
	case "VARIABLE":
		return s.showVariable(p, statement)
	case "CURSOR":
		return s.showCursor(p, statement.Table.Set)
	}
	kind, ok := shows[statement.What]
	if !ok {
		return nil, ast.ErrorAt(p.Text, statement.Pos, ast.ErrUnsupported, "SHOW %s is not supported", statement.What)
	}
	w := &showing{session: s, statement: statement, plan: p, engine: s.engine, info: &s.engine.options.Policies.Info}
	if w.client, ok = s.engine.client.(*cluster.Client); !ok {
		return nil, ast.ErrorAt(p.Text, statement.Pos, ast.ErrUnsupported, "SHOW needs a cluster")
	}
	w.admin = admin.New(w.client)
	name := w.setColumns(kind.columns)
	if err := kind.run(w, cluster.WithTxn(ctx, nil)); err != nil {
		return nil, err
	}
	rows := w.rows[:0]
	for _, row := range w.rows {
		if text, _ := row[name].Text(); matches(text) {
			rows = append(rows, row)
		}
	}
	return result(w.columns, rows), nil
}

// setColumns sets the columns and returns the index of the one that LIKE is compared with.
func (w *showing) setColumns(names []string) (name int) {
	w.columns = textColumns(names...)
	for i := range w.columns {
		c := &w.columns[i]
		switch last := len(c.Name) - 1; c.Name[last] {
		case '#':
			c.Name, c.Kinds = c.Name[:last], 1<<protocol.KindInt
		case '?':
			c.Name, c.Kinds = c.Name[:last], function.Bool
		default:
			c.Kinds |= function.Null
		}
		if c.Name == "name" {
			name = i
		}
	}
	return name
}

// add adds a row. An empty string is NULL.
func (w *showing) add(values ...any) {
	row := make([]protocol.Value, len(values))
	for i, v := range values {
		if v != "" {
			row[i] = protocol.ValueOf(v)
		}
	}
	w.rows = append(w.rows, row)
}

// namespace returns the namespace of a SHOW ... FROM namespace.
func (w *showing) namespace() (string, error) {
	t := &w.statement.Table
	switch {
	case !t.Namespace.IsZero():
		return "", w.fail("SHOW %s needs a namespace, not %s", w.statement.What, t)
	case !t.Set.IsZero():
		return t.Set.Text, nil
	case w.plan.Namespace == "":
		return "", w.fail("name a namespace: SHOW %s FROM namespace", w.statement.What)
	}
	return w.plan.Namespace, nil
}

func (w *showing) fail(format string, args ...any) error {
	pos := w.statement.Pos
	if !w.statement.Table.Set.IsZero() {
		pos = w.statement.Table.Position()
	}
	return ast.ErrorAt(w.plan.Text, pos, ast.ErrUnknownName, format, args...)
}

// table returns the names and the declaration of the table of a SHOW ... FROM table. The
// declaration is nil if there is none.
func (w *showing) table(ctx context.Context) (namespace, set string, declared *bind.Table, err error) {
	t := &w.statement.Table
	if t.Set.IsZero() {
		return "", "", nil, w.fail("name a table: SHOW %s FROM table", w.statement.What)
	}
	namespace, set = t.Namespace.Text, t.Set.Text
	if namespace == "" {
		namespace = w.plan.Namespace
	}
	if namespace == "" {
		return "", "", nil, w.fail("%s has no namespace: write namespace.set, or name a default namespace in the DSN", t)
	}
	if t.IsNullSet() {
		return namespace, "", nil, nil
	}
	declared, err = w.engine.catalog.Current(ctx, namespace, set)
	return namespace, set, declared, err
}

// tables adds the tables, the views and the sets with records that are not declared.
func (w *showing) tables(ctx context.Context) error {
	namespace, err := w.namespace()
	if err != nil {
		return err
	}
	list, err := w.engine.catalog.List(ctx, namespace)
	for i := range list {
		w.add(namespace, list[i].Name, list[i].Type(), list[i].Records)
	}
	return err
}

func (w *showing) views(ctx context.Context) error {
	namespace, err := w.namespace()
	if err != nil {
		return err
	}
	list, err := w.engine.catalog.Tables(ctx, namespace)
	for _, t := range list {
		if t.View != nil {
			w.add(namespace, t.Set, t.ViewText)
		}
	}
	return err
}

// tableColumns adds the declared columns, or the key and the bins of a sample.
func (w *showing) tableColumns(ctx context.Context) error {
	namespace, set, t, err := w.table(ctx)
	switch {
	case err != nil:
		return err
	case t == nil:
		bins, err := w.sample(ctx, namespace, set)
		if err != nil {
			return err
		}
		w.add("PK", "", true, "PRIMARY", "", "")
		for _, bin := range bins {
			w.add(bin, "", true, "", "", bin)
		}
		return nil
	case t.View != nil:
		columns, err := w.engine.catalog.ViewColumns(ctx, t)
		for i := range columns {
			w.add(columns[i].Name, typeText(columns[i].Type), true, "", "", "")
		}
		return err
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		key, standard := "", ""
		switch {
		case i == t.Key, slices.Contains(t.KeyColumns, i):
			key = "PRIMARY"
		case c.UniqueKey:
			key = "UNIQUE"
		}
		if c.Default != nil {
			standard = c.Default.String()
		}
		w.add(c.Name, typeText(c.Type), !c.NotNull && i != t.Key, key, standard, c.Bin)
	}
	return nil
}

func typeText(t function.Type) string {
	if t.Family == function.Undeclared {
		return ""
	}
	return t.String()
}

// sample returns the bins of a set that is not declared.
func (w *showing) sample(ctx context.Context, namespace, set string) ([]string, error) {
	bins, _, err := w.engine.catalog.Sample(ctx, namespace, set)
	if err == nil && len(bins) == 0 {
		return nil, w.fail("there is no table %s: it is not declared and has no records", &w.statement.Table)
	}
	return bins, err
}

// bins adds the bins of a table, or those of all tables of a namespace.
func (w *showing) bins(ctx context.Context) error {
	t := &w.statement.Table
	if t.Set.IsZero() || t.Namespace.IsZero() && w.client.CheckNamespace(t.Set.Text) == nil {
		return w.namespaceBins(ctx)
	}
	namespace, set, declared, err := w.table(ctx)
	if err != nil {
		return err
	}
	bins := binsOf(declared)
	if declared == nil {
		bins, err = w.sample(ctx, namespace, set)
	}
	for _, bin := range bins {
		w.add(bin)
	}
	return err
}

// binsOf returns the bins of the columns of a declared table.
func binsOf(t *bind.Table) (bins []string) {
	if t == nil {
		return nil
	}
	for _, c := range t.Columns {
		if c.Bin != "" {
			bins = append(bins, c.Bin)
		}
	}
	return bins
}

// namespaceBins adds the bins of all tables of a namespace, sorted.
func (w *showing) namespaceBins(ctx context.Context) error {
	namespace, err := w.namespace()
	if err != nil {
		return err
	}
	list, err := w.engine.catalog.List(ctx, namespace)
	if err != nil {
		return err
	}
	all := make(map[string]bool)
	for i := range list {
		declared, err := w.engine.catalog.Table(ctx, namespace, list[i].Name)
		if err != nil {
			return err
		}
		bins := binsOf(declared)
		if declared == nil {
			if bins, _, err = w.engine.catalog.Sample(ctx, namespace, list[i].Name); err != nil {
				return err
			}
		}
		for _, bin := range bins {
			all[bin] = true
		}
	}
	for _, bin := range slices.Sorted(maps.Keys(all)) {
		w.add(bin)
	}
	return nil
}

// create adds the statement that creates a table or view.
func (w *showing) create(ctx context.Context) error {
	_, _, t, err := w.table(ctx)
	if err != nil {
		return err
	}
	if isView := w.statement.What == "CREATE VIEW"; t == nil || isView != (t.View != nil) {
		return w.fail("there is no declaration %s of %s", w.statement.What[len("CREATE "):], &w.statement.Table)
	}
	w.add(t.Set, catalog.Statement(t).String())
	return nil
}
