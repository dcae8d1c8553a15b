package exp

import (
	"strconv"

	"github.com/aerosql/aerosql/protocol/cdt"
)

// call formats a call as a function: the value it works on, its context, its arguments by name, and
// its declared result type.
func (p *printer) call(n *Node) {
	form := formOf(n.Call)
	p.WriteString(form.name + "(")
	p.node(&n.Args[0], 0)
	if len(n.Call.Context) > 0 {
		p.WriteString(", at: [")
		for i := range n.Call.Context {
			p.comma(i)
			p.step(&n.Call.Context[i])
		}
		p.WriteByte(']')
	}
	for i := range n.Args[1:] {
		name := ""
		if i < len(form.args) {
			name = form.args[i]
		}
		p.argument(name, &n.Args[1+i])
	}
	p.WriteByte(')')
	p.declared(n.Type)
}

// argument formats one argument by name. Flags that are not set are left out.
func (p *printer) argument(name string, n *Node) {
	number, isNumber := n.Value.Int()
	isNumber = isNumber && n.Op == OpValue
	optional := name == "order" || name == "flags" || name == "how"
	if optional && isNumber && number == 0 {
		return
	}
	p.WriteString(", ")
	if name != "" {
		p.WriteString(name + ": ")
	}
	switch {
	case name == "return" && isNumber:
		p.WriteString(returnName(number))
	case name == "select" && isNumber:
		p.WriteString(selectName(number))
	case optional && isNumber:
		p.WriteString("0x" + strconv.FormatUint(uint64(number), 16))
	default:
		p.node(n, 0)
	}
}

var returnNames = map[int64]string{
	0: "none", 1: "index", 2: "reverse_index", 3: "rank", 4: "reverse_rank", 5: "count", 6: "key", 7: "value", 8: "key_value",
	9: "index_range", 10: "reverse_index_range", 11: "rank_range", 12: "reverse_rank_range", 13: "exists",
	16: "unordered_map", 17: "ordered_map",
}

func returnName(what int64) string {
	name, ok := returnNames[what&^cdt.Inverted]
	switch {
	case !ok:
		return strconv.FormatInt(what, 10)
	case what&cdt.Inverted != 0:
		return name + "|inverted"
	}
	return name
}

var selectNames = [...]string{
	cdt.SelectTree: "tree", cdt.SelectValues: "values", cdt.SelectMapKeys: "map_keys", cdt.SelectMapKeyValues: "map_key_values", selectApply: "apply",
}

func selectName(what int64) string {
	form := what &^ int64(cdt.SelectNoFail)
	switch {
	case form < 0 || form >= int64(len(selectNames)):
		return strconv.FormatInt(what, 10)
	case form != what:
		return selectNames[form] + "|no_fail"
	}
	return selectNames[form]
}

var stepNames = map[cdt.StepType]string{
	0x00: "index", 0x01: "rank", 0x02: "key", 0x03: "value", cdt.StepExpression: "children", cdt.StepMapKeysIn: "keys_in",
	cdt.StepListIndex: "list_index", cdt.StepListRank: "list_rank", cdt.StepListValue: "list_value",
	cdt.StepMapIndex: "map_index", cdt.StepMapRank: "map_rank", cdt.StepMapKey: "map_key", cdt.StepMapValue: "map_value",
}

// stepCreate is the part of a step's type with its create flags.
const stepCreate = 0x1c0

func (p *printer) step(s *Step) {
	create := s.Type & stepCreate
	name, ok := stepNames[cdt.StepType(s.Type&^(stepCreate|stepAnd))]
	switch {
	case !ok || s.Type&^0x3ff != 0:
		name, create = "step_"+strconv.FormatInt(s.Type, 10), 0
	case s.Type&stepAnd != 0:
		name = "and"
	}
	p.WriteString(name + "(")
	every, isBool := s.Value.Bool()
	switch {
	case s.Filter != nil:
		p.node(s.Filter, 0)
	case s.Type == stepExpression && isBool && every:
	default:
		p.value(s.Value)
	}
	if create != 0 {
		p.WriteString(", create: 0x" + strconv.FormatInt(create, 16))
	}
	p.WriteByte(')')
}

// callForm has a call's name in Aerospike's documentation and the names of its arguments.
type callForm struct {
	name string
	args []string
}

func formOf(c *Call) callForm {
	forms, prefix := cdtForms, "cdt"
	switch c.System {
	case SystemBits:
		forms, prefix = bitForms, "bit"
	case SystemHLL:
		forms, prefix = hllForms, "hll"
	}
	if c.Code >= 0 && c.Code <= 0xff {
		if form, ok := forms[cdt.Code(c.Code)]; ok {
			if c.Code == CodeSelect && c.Modify {
				form.name = "modify_by_path"
			}
			return form
		}
	}
	return callForm{name: prefix + "_call_" + strconv.FormatInt(c.Code, 10)}
}

// form returns a callForm.
func form(name string, args ...string) callForm { return callForm{name, args} }

var bitForms = map[cdt.Code]callForm{
	cdt.CodeBitResize:     form("bit_resize", "byte_size", "flags", "how"),
	cdt.CodeBitInsert:     form("bit_insert", "byte_offset", "value", "flags"),
	cdt.CodeBitRemove:     form("bit_remove", "byte_offset", "byte_size", "flags"),
	cdt.CodeBitSet:        form("bit_set", "offset", "size", "value", "flags"),
	cdt.CodeBitOr:         form("bit_or", "offset", "size", "value", "flags"),
	cdt.CodeBitXor:        form("bit_xor", "offset", "size", "value", "flags"),
	cdt.CodeBitAnd:        form("bit_and", "offset", "size", "value", "flags"),
	cdt.CodeBitNot:        form("bit_not", "offset", "size", "flags"),
	cdt.CodeBitShiftLeft:  form("bit_lshift", "offset", "size", "shift", "flags"),
	cdt.CodeBitShiftRight: form("bit_rshift", "offset", "size", "shift", "flags"),
	cdt.CodeBitAdd:        form("bit_add", "offset", "size", "value", "flags", "how"),
	cdt.CodeBitSubtract:   form("bit_subtract", "offset", "size", "value", "flags", "how"),
	cdt.CodeBitSetInt:     form("bit_set_int", "offset", "size", "value", "flags"),
	cdt.CodeBitGet:        form("bit_get", "offset", "size"),
	cdt.CodeBitCount:      form("bit_count", "offset", "size"),
	cdt.CodeBitScanLeft:   form("bit_lscan", "offset", "size", "search"),
	cdt.CodeBitScanRight:  form("bit_rscan", "offset", "size", "search"),
	cdt.CodeBitGetInt:     form("bit_get_int", "offset", "size", "how"),
}

var hllForms = map[cdt.Code]callForm{
	cdt.CodeHLLInit:           form("hll_init", "index_bits", "minhash_bits", "flags"),
	cdt.CodeHLLAdd:            form("hll_add", "elements", "index_bits", "minhash_bits", "flags"),
	cdt.CodeHLLSetUnion:       form("hll_set_union", "hlls", "flags"),
	cdt.CodeHLLRefreshCount:   form("hll_refresh_count"),
	cdt.CodeHLLFold:           form("hll_fold", "index_bits"),
	cdt.CodeHLLCount:          form("hll_get_count"),
	cdt.CodeHLLUnion:          form("hll_get_union", "hlls"),
	cdt.CodeHLLUnionCount:     form("hll_get_union_count", "hlls"),
	cdt.CodeHLLIntersectCount: form("hll_get_intersect_count", "hlls"),
	cdt.CodeHLLSimilarity:     form("hll_get_similarity", "hlls"),
	cdt.CodeHLLDescribe:       form("hll_describe"),
	cdt.CodeHLLMayContain:     form("hll_may_contain", "elements"),
}
