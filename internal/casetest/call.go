package casetest

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

func packed32(f float32) []byte { return binary.BigEndian.AppendUint32(nil, math.Float32bits(f)) }

// A form is the name of a call and the names of its arguments, as printed by package exp.
type form struct {
	call exp.Call
	args []string
}

// forms maps names to calls. It is built by printing every number that a call can have.
var forms = sync.OnceValue(func() map[string]form {
	const most = 6 // largest number of arguments
	forms := make(map[string]form)
	dummy := exp.Node{Op: exp.OpValue, Value: protocol.String("?")}
	for system := range exp.System(3) {
		for code := range int64(256) {
			f := form{call: exp.Call{System: system, Code: code, Modify: modifies(system, code)}}
			n := exp.Node{Op: exp.OpCall, Call: &f.call, Args: []exp.Node{dummy}}
			for range most {
				n.Args = append(n.Args, dummy)
			}
			name, rest, _ := strings.Cut(n.String(), "(")
			if strings.Contains(name, "_call_") {
				continue
			}
			for part := range strings.SplitSeq(rest, ", ") {
				if argument, _, ok := strings.Cut(part, ": "); ok {
					f.args = append(f.args, argument)
				}
			}
			forms[name] = f
		}
	}
	// These two have the same number and differ in their operation.
	path := forms["select_by_path"]
	path.call.Modify = true
	forms["modify_by_path"] = path
	return forms
})

// firstRead is the first number of the bit and HyperLogLog calls that read.
const firstRead = 50

func modifies(system exp.System, code int64) bool {
	if system != exp.SystemCDT {
		return code < firstRead
	}
	return code <= int64(cdt.CodeListSort) || code >= int64(cdt.CodeListRemoveByIndex) && code < int64(cdt.CodeMapSize)
}

// flags has the names of flags for each kind of argument.
var flags = map[string]map[string]int64{
	"order": {"unordered": 0, "ordered": 1, "kv_ordered": 3, "persisted": 0x10},
	"list":  {"add_unique": 1, "insert_bounded": 2, "no_fail": 4, "partial": 8},
	"map":   {"create_only": 1, "update_only": 2, "no_fail": 4, "partial": 8},
	"bit":   {"create_only": 1, "update_only": 2, "no_fail": 4, "partial": 8},
	"hll":   {"create_only": 1, "update_only": 2, "no_fail": 4, "allow_fold": 8},
	"sort":  {"descending": 1, "drop_duplicates": 2},
	"size":  {"from_front": 1, "grow_only": 2, "shrink_only": 4},
	"math":  {"signed": 1, "saturate": 2, "wrap": 4},
	"return": {
		"none": 0, "index": 1, "reverse_index": 2, "rank": 3, "reverse_rank": 4, "count": 5, "key": 6, "value": 7, "key_value": 8,
		"index_range": 9, "reverse_index_range": 10, "rank_range": 11, "reverse_rank_range": 12, "exists": 13,
		"unordered_map": 16, "ordered_map": 17, "inverted": cdt.Inverted,
	},
	"select": {"tree": 0, "values": 1, "map_keys": 2, "map_key_values": 3, "apply": 4, "no_fail": 0x10},
	"create": {"unordered": 0x40, "padded": 0x80, "key_ordered": 0x80, "ordered": 0xc0, "kv_ordered": 0xc0, "persisted": 0x100},
}

// flagsOf returns the names of the flags of a call's argument, or nil if it has none.
func flagsOf(call, argument string) map[string]int64 {
	switch argument {
	case "flags":
		kind, _, _ := strings.Cut(call, "_")
		return flags[kind]
	case "how":
		switch call {
		case "list_sort":
			return flags["sort"]
		case "bit_resize":
			return flags["size"]
		}
		return flags["math"]
	}
	return flags[argument]
}

// flags parses flags given by name or number. ok is false if there are none, or if names is empty.
func (p *parser) flags(names map[string]int64) (n int64, ok bool) {
	if names != nil && p.kind == number {
		n, err := strconv.ParseInt(p.text, 0, 64)
		if err == nil {
			p.next()
		}
		return n, err == nil
	}
	for {
		flag, known := names[p.text]
		if !known || p.kind != word {
			return n, ok
		}
		n, ok = n|flag, true
		if p.next(); !p.accept("|") {
			return n, true
		}
	}
}

// call parses the rest of a call after its name. alone reports that the call has no operand.
func (p *parser) call(name string, alone bool) exp.Node {
	f := forms()[name]
	call := f.call
	n := exp.Node{Op: exp.OpCall, Call: &call}
	p.expect("(")
	if alone {
		n.Args = append(n.Args, exp.Node{Op: exp.OpValue})
	} else {
		n.Args = append(n.Args, p.expression(0))
		p.accept(",")
	}
	given := make([]*exp.Node, len(f.args))
	last := 0
	for !p.accept(")") {
		argument := p.expectKind(word)
		p.expect(":")
		if argument == "at" {
			call.Context = p.context()
		} else {
			i := p.place(name, f.args, argument)
			given[i] = p.argument(flagsOf(name, argument))
			last = max(last, i+1)
		}
		if p.text != ")" {
			p.expect(",")
		}
	}
	for _, argument := range given[:last] {
		if argument == nil {
			argument = &exp.Node{Op: exp.OpValue, Value: protocol.Int(0)} // the flags were left out
		}
		n.Args = append(n.Args, *argument)
	}
	if !alone {
		p.expect(":")
		n.Type = p.typ()
	}
	return n
}

func (p *parser) place(call string, args []string, name string) int {
	for i, a := range args {
		if a == name {
			return i
		}
	}
	p.fail("%s does not have argument %q", call, name)
	return 0
}

func (p *parser) argument(names map[string]int64) *exp.Node {
	if n, ok := p.flags(names); ok {
		return &exp.Node{Op: exp.OpValue, Value: protocol.Int(n)}
	}
	n := p.expression(0)
	return &n
}

var steps = map[string]cdt.StepType{
	"index": 0, "rank": 1, "key": 2, "value": 3, "children": cdt.StepExpression, "and": cdt.StepAnd | cdt.StepExpression, "keys_in": cdt.StepMapKeysIn,
	"list_index": cdt.StepListIndex, "list_rank": cdt.StepListRank, "list_value": cdt.StepListValue,
	"map_index": cdt.StepMapIndex, "map_rank": cdt.StepMapRank, "map_key": cdt.StepMapKey, "map_value": cdt.StepMapValue,
}

func (p *parser) context() (context []exp.Step) {
	p.expect("[")
	for !p.accept("]") {
		if len(context) > 0 {
			p.expect(",")
		}
		name := p.expectKind(word)
		typ, known := steps[name]
		if !known {
			p.fail("unknown step %q", name)
		}
		s := exp.Step{Type: int64(typ)}
		p.expect("(")
		switch {
		case name == "children" && p.text == ")":
			s.Value = protocol.Bool(true)
		case name == "children" || name == "and":
			n := p.expression(0)
			s.Filter = &n
		default:
			s.Value = p.value()
		}
		if p.accept(",") {
			p.expect("create")
			p.expect(":")
			create, ok := p.flags(flags["create"])
			if !ok {
				p.fail("missing order of the container to create")
			}
			s.Type |= create
		}
		p.expect(")")
		context = append(context, s)
	}
	return context
}

// Operation parses a call without an operand as an operation on a bin.
func (n *Names) Operation(source, bin string) (op protocol.Operation, err error) {
	p := newParser(source, n)
	defer p.recover(&err)
	name := p.expectKind(word)
	if _, ok := forms()[name]; !ok {
		p.fail("unknown call %q", name)
	}
	node := p.call(name, true)
	p.end()
	return operationOf(&node, bin)
}

func operationOf(n *exp.Node, bin string) (protocol.Operation, error) {
	c := cdt.Call{Op: opCode(n.Call), Bin: bin, Code: cdt.Code(n.Call.Code)}
	for _, s := range n.Call.Context {
		step := cdt.Step{Type: cdt.StepType(s.Type), Value: s.Value}
		if s.Filter != nil {
			packed, err := s.Filter.Append(nil)
			if err != nil {
				return protocol.Operation{}, err
			}
			step.Value = protocol.Blob(packed)
		}
		c.Context = append(c.Context, step)
	}
	args := n.Args[1:]
	if n.Call.Code == exp.CodeSelect && n.Call.Modify {
		packed, err := args[1].Append(nil)
		if err != nil {
			return protocol.Operation{}, err
		}
		c.Expression, args = packed, args[:1]
	}
	for _, a := range args {
		c.Args = append(c.Args, a.Value)
	}
	op := c.Operation()
	return op, op.Value.Err()
}

// opCode returns the operation code of a call.
func opCode(c *exp.Call) protocol.OpCode {
	codes := [...][2]protocol.OpCode{
		exp.SystemCDT:  {protocol.OpCDTRead, protocol.OpCDTModify},
		exp.SystemBits: {protocol.OpBitsRead, protocol.OpBitsModify},
		exp.SystemHLL:  {protocol.OpHLLRead, protocol.OpHLLModify},
	}
	if c.Modify {
		return codes[c.System][1]
	}
	return codes[c.System][0]
}
