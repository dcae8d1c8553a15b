package plan

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// ExplainStatementText is ExplainText for the plan of any statement that reads or writes records.
func ExplainStatementText(s Statement, a *Analysis) []string {
	return explainerOf(a).statement(s).lines(nil, "")
}

// ExplainStatementJSON is ExplainJSON for the plan of any statement that reads or writes records.
func ExplainStatementJSON(s Statement, a *Analysis) []byte {
	document, err := json.MarshalIndent(explainerOf(a).statement(s).document(), "", "  ")
	if err != nil {
		return nil // can't happen: the document has only strings and numbers
	}
	return document
}

func explainerOf(a *Analysis) *explainer {
	if a == nil {
		a = &Analysis{}
	}
	return &explainer{a}
}

// statement returns the steps of a statement.
func (x *explainer) statement(s Statement) *step {
	step := x.steps(s)
	if x.Write != nil {
		step.counters = x.Write
	}
	return step
}

func (x *explainer) steps(s Statement) *step {
	switch s := s.(type) {
	case *Block:
		return x.block(s)
	case *Insert:
		return x.insert(s)
	case *Update:
		return x.change("update", &s.Change)
	case *Delete:
		return x.change("delete", &s.Change)
	case *Truncate:
		step := &step{operator: "truncate", text: "truncate " + s.Namespace + "." + s.Set}
		if s.Before != nil {
			step.add("before", s.Before.String())
		}
		return step
	}
	return client("unknown", "%T", s)
}

// The commands of the verbs.
var verbTexts = [...]string{ast.Create: "create", ast.Upsert: "upsert", ast.Replace: "replace", ast.Ignore: "create unless it exists"}

func (x *explainer) insert(p *Insert) *step {
	s := &step{operator: "insert", text: verbTexts[p.Verb] + " in " + setText(p.Existing)}
	command := "put"
	if p.Together {
		command = "operate"
	}
	if p.Insert.Source == nil && len(p.Rows) == 1 {
		s.add("command", command)
	} else {
		s.add("command", "batches of "+command+"s")
	}
	var names []string
	for _, c := range p.Columns {
		names = append(names, c.Name)
	}
	s.add("columns", strings.Join(names, ", "))
	if unique := p.Existing.Table.UniqueColumn(); unique != nil {
		s.add("key", unique.Name+"; generated if it is NULL")
	} else if p.Key < 0 {
		s.add("key", "generated")
	}
	for _, check := range p.Checks {
		s.add("client: check", check.Text)
	}
	if p.Change != nil {
		switch sets := setsText(p.Change); {
		case p.Together:
			s.add("if it exists", "by the same command, "+sets)
		case p.Change.Direct && len(p.Change.Scan.Conditions) == 0:
			s.add("if it exists", sets)
		default:
			s.add("if it exists", "read and "+sets+", if the generation is still the same")
		}
		s.addIf("client: condition", textOf(p.Change.Scan.Conditions))
	}
	if p.Returning != nil {
		s.add("client: returning", listText(p.Returning.Items))
	}
	if p.Source == nil {
		s.inputs = append(s.inputs, client("values", "values, %s", plural(len(p.Rows), "row")))
	} else {
		if p.SelfRead {
			s.add("client: keep", "all rows before the first one is written")
		}
		s.inputs = append(s.inputs, x.block(p.Source))
	}
	x.addSubqueries(s, p.Subqueries)
	return s
}

// change returns the steps of an UPDATE or a DELETE.
func (x *explainer) change(operator string, c *Change) *step {
	s := &step{operator: operator, text: operator + " " + setText(c.Scan.Relation)}
	if !c.Delete {
		s.addIf("set", setsText(c))
	}
	direct := c.Direct
	if a := x.Accesses[c.Scan]; a != nil {
		direct = direct && len(a.Residual) == 0
	} else if c.Scan.Point != nil {
		direct = direct && len(c.Conditions) == 0
	}
	switch {
	case !direct:
		s.add("guard", "each record is read, and written if its generation is still the same")
	case c.Generation != nil:
		s.add("generation", c.Generation.String())
	}
	if background := c.Scan.Options["background"]; background != nil {
		s.add("background", background.String())
	}
	for _, check := range c.Checks {
		s.add("client: check", check.Text)
	}
	switch {
	case c.Returning != nil && direct && c.ReadBack:
		s.add("returning", listText(c.Returning.Items)+", read by the same command")
	case c.Returning != nil:
		s.add("client: returning", listText(c.Returning.Items))
	}
	if c.Keys != nil {
		s.inputs = append(s.inputs, x.node(c.Keys.Root))
	} else {
		found := x.node(c.Scan)
		if direct {
			found.writtenOnly()
		}
		s.inputs = append(s.inputs, found)
	}
	x.addSubqueries(s, c.Subqueries)
	return s
}

// writtenOnly changes the step of records that are written by their keys without reading them.
func (s *step) writtenOnly() {
	for old, text := range map[string]string{"get from ": "by key in ", "batch get from ": "by keys in "} {
		if rest, ok := strings.CutPrefix(s.text, old); ok {
			s.operator, s.text = strings.TrimSuffix(text, " in "), text+rest
			s.details = slices.DeleteFunc(s.details, func(d detail) bool { return d.name == "bins" })
		}
	}
}

// setsText returns the changes of bins.
func setsText(c *Change) string {
	var parts []string
	for i := range c.Set {
		s := &c.Set[i]
		target := s.Name
		for _, step := range s.Path {
			target += "[" + step.String() + "]"
		}
		text := target + " = " + s.Value.String()
		if s.Op != BinPut {
			text += " (" + [...]string{BinAdd: "add", BinAppend: "append", BinPrepend: "prepend", BinPath: "element", BinCall: "in place"}[s.Op] + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func (x *explainer) addSubqueries(s *step, subqueries map[int]*Block) {
	for _, id := range slices.Sorted(maps.Keys(subqueries)) {
		s.inputs = append(s.inputs, &step{operator: "subquery", text: "subquery " + strconv.Itoa(id), inputs: []*step{x.block(subqueries[id])}})
	}
}
