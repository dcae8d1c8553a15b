package exp

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// check validates a node against its operator. Packing and parsing share it, so that both accept
// the same expressions.
func (n *Node) check() error {
	info := n.Op.info()
	switch {
	case n.Op == OpValue:
		return nil
	case n.Op == OpDef:
		return invalid("definition outside a let")
	case info.shape == shapeNone:
		return invalid("unknown operator %d", uint8(n.Op))
	case len(n.Args) < info.min || len(n.Args) > info.max:
		return invalid("%s with %d operands", n.Op, len(n.Args))
	case n.Type >= typeCount:
		return invalid("%s of type %d", n.Op, n.Type)
	}
	switch n.Op {
	case OpBin, OpBinType:
		if n.Type == TypeNil && n.Op == OpBin {
			return invalid("bin of type nil")
		}
		return protocol.CheckBinName(n.Name())
	case OpVar:
		return checkVariable(n.Name())
	case OpKey:
		if n.Type != TypeInt && n.Type != TypeString && n.Type != TypeBlob {
			return invalid("key of type %s", n.Type)
		}
	case OpDigestModulo:
		if n.Number == 0 {
			return invalid("digest modulo 0")
		}
	case OpLet:
		return n.checkDefs()
	case OpLoopVar:
		if n.Number < 0 || n.Number > int64(LoopIndex) {
			return invalid("unknown loop part %d", n.Number)
		}
	case OpCond:
		if len(n.Args)%2 == 0 {
			return invalid("cond without a default")
		}
	case OpQuote:
		if n.Value.Kind() != protocol.KindList {
			return invalid("quote of %s, not of a list", n.Value.Kind())
		}
	case OpCall:
		return n.Call.check(len(n.Args) - 1)
	}
	return nil
}

func (n *Node) checkDefs() error {
	for i := range n.Args[:len(n.Args)-1] {
		def := &n.Args[i]
		if def.Op != OpDef || len(def.Args) != 1 {
			return invalid("%s instead of a definition", def.Op)
		}
		if err := checkVariable(def.Name()); err != nil {
			return err
		}
	}
	return nil
}

func (c *Call) check(args int) error {
	switch {
	case c == nil || c.System >= systemCount:
		return invalid("call without a system")
	case c.Code == CodeSelect && (c.System != SystemCDT || len(c.Context) == 0 || args < 1 || args > 2):
		return invalid("path expression of %d steps with %d arguments", len(c.Context), args)
	case c.Code == codeContext:
		return invalid("context inside a context")
	case len(c.Context) > 0 && c.System != SystemCDT:
		return invalid("context in a bit or HyperLogLog call")
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: expression: "+format, append([]any{protocol.ErrInvalidCommand}, args...)...)
}

// checkVariable returns an error if the server does not accept name as the name of a variable.
func checkVariable(name string) error {
	for i := range len(name) {
		c := name[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return invalid("invalid variable name %q: use letters, digits and _, not starting with a digit", name)
		}
	}
	if name == "" {
		return invalid("empty variable name")
	}
	return nil
}
