package exp

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// check holds a node against what its operator asks for. Packing and parsing
// use it both, so that what one lets pass the other does.
func (n *Node) check() error {
	info := n.Op.info()
	switch {
	case n.Op == OpValue:
		return nil
	case n.Op == OpDef:
		return invalid("a definition outside of a let")
	case info.shape == shapeNone:
		return invalid("there is no operator %d", uint8(n.Op))
	case len(n.Args) < info.min || len(n.Args) > info.max:
		return invalid("%s with %d operands", n.Op, len(n.Args))
	case n.Type >= typeCount:
		return invalid("%s of type %d", n.Op, n.Type)
	}
	switch n.Op {
	case OpBin, OpBinType:
		if n.Type == TypeNil && n.Op == OpBin {
			return invalid("a bin of type nil")
		}
		return protocol.CheckBinName(n.Name())
	case OpVar:
		return checkVariable(n.Name())
	case OpKey:
		if n.Type != TypeInt && n.Type != TypeString && n.Type != TypeBlob {
			return invalid("a key of type %s", n.Type)
		}
	case OpDigestModulo:
		if n.Number == 0 {
			return invalid("digest modulo 0")
		}
	case OpLet:
		return n.checkDefs()
	case OpLoopVar:
		if n.Number < 0 || n.Number > int64(LoopIndex) {
			return invalid("there is no part %d of a loop", n.Number)
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
			return invalid("%s in the place of a definition", def.Op)
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
		return invalid("a call without a system")
	case c.Code == CodeSelect && (c.System != SystemCDT || len(c.Context) == 0 || args < 1 || args > 2):
		return invalid("a path expression of %d steps with %d arguments", len(c.Context), args)
	case c.Code == codeContext:
		return invalid("a context within a context")
	case len(c.Context) > 0 && c.System != SystemCDT:
		return invalid("a context in a call on bits or HyperLogLog")
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: expression: "+format, append([]any{protocol.ErrInvalidCommand}, args...)...)
}

// checkVariable refuses what the server does not take as a variable's name.
func checkVariable(name string) error {
	for i := range len(name) {
		c := name[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return invalid("a variable's name is letters, digits and _, and begins with no digit: %q", name)
		}
	}
	if name == "" {
		return invalid("a variable without a name")
	}
	return nil
}
