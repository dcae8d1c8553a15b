package plan

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// particles are the types of bins by the kind of their value.
var particles = map[protocol.Kind]protocol.ParticleType{
	protocol.KindInt: protocol.ParticleInteger, protocol.KindFloat: protocol.ParticleFloat,
	protocol.KindString: protocol.ParticleString, protocol.KindBlob: protocol.ParticleBlob,
	protocol.KindBool: protocol.ParticleBool, protocol.KindList: protocol.ParticleList,
	protocol.KindMap: protocol.ParticleMap, protocol.KindGeoJSON: protocol.ParticleGeoJSON,
	protocol.KindHLL: protocol.ParticleHLL,
}

// binKinds are the kinds of values of bins in the order of the branches.
var binKinds = []protocol.Kind{
	protocol.KindInt, protocol.KindFloat, protocol.KindString, protocol.KindBlob, protocol.KindBool,
	protocol.KindList, protocol.KindMap, protocol.KindGeoJSON, protocol.KindHLL,
}

// own returns the relation's column that an expression reads, or false for a column of another
// relation or block.
func (l *lowering) own(c *bind.Column) (*bind.RelationColumn, bool) {
	if c.Relation != l.relation || c.Depth != 0 || !c.Relation.IsSet {
		return nil, false
	}
	return &c.Relation.Columns[c.Index], true
}

// column translates a column. Other programs can have stored another number than a declaration
// demands, so numbers always have two branches.
func (l *lowering) column(c *bind.Column, kinds function.Kinds) ([]branch, bool) {
	if l.loop != nil {
		return l.elementColumn(c, kinds)
	}
	column, ok := l.own(c)
	if !ok {
		return nil, false
	}
	if column.Pseudo != bind.NoPseudo {
		return l.pseudo(column.Pseudo, kinds)
	}
	can := widened(possible(c))
	var result []branch
	for _, kind := range binKinds {
		if of := function.KindsOf(kind); can.Has(of) && kinds.Has(of) {
			result = append(result, binBranch(column.Bin, kind))
		}
	}
	return result, true
}

func binBranch(bin string, kind protocol.Kind) branch {
	return branch{
		kind: kind, node: exp.NewBin(typed(kind), bin), bin: bin,
		guards: []exp.Node{hasType(bin, particles[kind])}, total: true,
	}
}

// binType returns the node that reads the particle type of a bin.
func binType(bin string) exp.Node { return *exp.BinType(bin).Node() }

func hasType(bin string, t protocol.ParticleType) exp.Node {
	return exp.NewNode(exp.OpEq, binType(bin), integer(int64(t)))
}

// isForeignBlob returns the test that a bin holds a blob with the particle type of a programming
// language. Such a blob is greater than all plain ones; expressions can't read it.
func isForeignBlob(bin string) exp.Node {
	return exp.NewNode(exp.OpAnd,
		exp.NewNode(exp.OpGe, binType(bin), integer(int64(protocol.ParticleJava))),
		exp.NewNode(exp.OpLe, binType(bin), integer(int64(protocol.ParticleVector))))
}

// columnIsNull translates IS NULL of a bin, or IS NOT NULL if null is false.
func (l *lowering) columnIsNull(c *bind.Column, null bool) (test, bool) {
	if output, ok := l.element(c); ok {
		return l.elementIsNull(output, null), true
	}
	column, ok := l.own(c)
	if !ok {
		return notPushed, true
	}
	if column.Pseudo != bind.NoPseudo {
		return notPushed, false
	}
	op := exp.OpNe
	if null {
		op = exp.OpEq
	}
	return exactly(exp.NewNode(op, binType(column.Bin), integer(int64(protocol.ParticleNull)))), true
}

// pseudo translates a pseudo column. The user key and the digest have only translations of their
// own, and expressions can't read the generation.
func (l *lowering) pseudo(p bind.Pseudo, kinds function.Kinds) ([]branch, bool) {
	if p == bind.SetName {
		if l.relation.Set == "" { // a scan or an XDR filter sees the records of all sets
			if !kinds.Has(function.String) {
				return nil, true
			}
			return []branch{{kind: protocol.KindString, node: *exp.SetName().Node(), total: true}}, true
		}
		return constantBranches(protocol.String(l.relation.Set), kinds)
	}
	if p == bind.PrimaryKey {
		return keyBranches(kinds), true
	}
	var node exp.Node
	switch p {
	case bind.TimeToLive:
		node = *exp.TTL().Node()
	case bind.VoidTime:
		node = *exp.VoidTime().Node()
	case bind.LastUpdate:
		node = *exp.LastUpdate().Node()
	case bind.RecordSize:
		node = *exp.RecordSize().Node()
	default:
		return nil, false
	}
	if !kinds.Has(function.Integer) {
		return nil, true
	}
	b := branch{kind: protocol.KindInt, node: node, total: true}
	if p == bind.VoidTime {
		expires := exp.NewNode(exp.OpNe, node, integer(-1))
		b.guards = []exp.Node{expires}
		b.node = exp.NewNode(exp.OpCond, expires, node, exp.NewNode(exp.OpUnknown))
	}
	return []branch{b}, true
}
