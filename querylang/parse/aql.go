package parse

import (
	"math"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// aqlTypes are the types of AQL, which are also written as functions: INT('5'). The value is the
// type of SQL. DECIMAL and NUMERIC are integers there.
var aqlTypes = ast.WordMap[string]{
	"DECIMAL": "INT", "INT": "INT", "NUMERIC": "INT", "FLOAT": "FLOAT", "REAL": "FLOAT", "BOOL": "BOOL",
	"CHAR": "TEXT", "STRING": "TEXT", "TEXT": "TEXT", "VARCHAR": "TEXT", "JSON": "JSON", "LIST": "JSON", "MAP": "JSON",
	"GEOJSON": "GEOJSON",
}

// aqlValue returns the CAST that a call such as LIST('[1, 2]') means in AQL, or nil.
func (p *parser) aqlValue(c *ast.Call) ast.Expr {
	if p.dialect != AQL || len(c.Args) != 1 || c.Name.Quote != 0 {
		return nil
	}
	name, ok := aqlTypes.Find(c.Name.Text)
	if !ok {
		return nil
	}
	return &ast.Cast{X: c.Args[0], Type: ast.TypeName{Name: name, Pos: c.Name.Pos}, Pos: c.Name.Pos}
}

// aqlType returns the type that a CAST to a type of AQL means.
func (p *parser) aqlType(t ast.TypeName) ast.TypeName {
	if name, ok := aqlTypes.Find(t.Name); p.dialect == AQL && ok && t.Args == nil {
		t.Name = name
	}
	return t
}

// inCollection changes AQL's FROM set IN LIST WHERE bin = value to a condition on the elements of
// the bin.
func (p *parser) inCollection(s *ast.Select) {
	if p.dialect != AQL || len(s.From) != 1 {
		return
	}
	t, ok := s.From[0].(*ast.Table)
	if !ok || t.In == "" {
		return
	}
	var condition ast.Expr
	switch where := s.Where.(type) {
	case *ast.Binary:
		if where.Op == ast.OpEqual {
			condition = hasElement(t.In, where)
		}
	case *ast.Between:
		if !where.Not {
			condition = hasElementBetween(t.In, where)
		}
	}
	if condition == nil {
		p.refuse(t.Name.Position(), "FROM ... IN %s is supported for one condition, bin = value or bin BETWEEN low AND high", t.In)
	}
	s.Where, t.In = condition, ""
}

// hasElement returns the condition that a collection has an element.
func hasElement(in string, b *ast.Binary) ast.Expr {
	pos := b.X.Position()
	switch in {
	case "MAPKEYS":
		return &ast.Call{Name: ast.Name{Text: "MAP_HAS_KEY", Pos: pos}, Args: []ast.Expr{b.X, b.Y}}
	case "MAPVALUES":
		return &ast.Call{Name: ast.Name{Text: "MAP_HAS_VALUE", Pos: pos}, Args: []ast.Expr{b.X, b.Y}}
	}
	return &ast.Binary{Op: ast.OpContains, X: b.X, Y: b.Y, Pos: pos}
}

// hasElementBetween returns the condition that a collection has an integer in a range.
func hasElementBetween(in string, b *ast.Between) ast.Expr {
	pos := b.X.Position()
	within, size := "LIST_BY_VALUE_RANGE", "CARDINALITY"
	switch in {
	case "MAPKEYS":
		within, size = "MAP_BY_KEY_RANGE", "MAP_SIZE"
	case "MAPVALUES":
		within, size = "MAP_BY_VALUE_RANGE", "MAP_SIZE"
	}
	one, zero := &ast.Literal{Value: protocol.Int(1), Pos: pos}, &ast.Literal{Value: protocol.Int(0), Pos: pos}
	end := ast.Expr(&ast.Binary{Op: ast.OpAdd, X: b.High, Y: one, Pos: pos})
	if high, ok := b.High.(*ast.Literal); ok {
		if n, _ := high.Value.Int(); n == math.MaxInt64 {
			end = &ast.Literal{Value: protocol.String(""), Pos: pos} // strings follow the integers
		}
	}
	found := &ast.Call{Name: ast.Name{Text: within, Pos: pos}, Args: []ast.Expr{b.X, b.Low, end}}
	return &ast.Binary{Op: ast.OpGreater, X: &ast.Call{Name: ast.Name{Text: size, Pos: pos}, Args: []ast.Expr{found}}, Y: zero, Pos: pos}
}

// toolCommands are the commands of the aql tool that are not statements, with what to use instead.
var toolCommands = ast.WordMap[string]{
	"RUN": "run the statements of the file", "OPERATE": "write SELECT or UPDATE with functions, as in UPDATE t SET l = LIST_APPEND(l, 1)",
	"STAT": "use SHOW NAMESPACES, SHOW SETS or SHOW NODES", "ASINFO": "use the native client", "PRINT": "it belongs to the tool",
	"HELP": "it belongs to the tool", "EXIT": "it belongs to the tool", "QUIT": "it belongs to the tool", "Q": "it belongs to the tool",
}

// refuseToolCommand fails at a command of the aql tool.
func (p *parser) refuseToolCommand() {
	t := p.token
	if instead, ok := toolCommands.Find(t.text); ok && p.dialect == AQL && t.kind == tokenWord {
		p.refuse(t.pos, "%s is a command of the aql tool and not supported; %s", strings.ToUpper(t.text), instead)
	}
}
