package syntax

import "slices"

// Limits of Lua 5.4, and of gopher-lua's registers.
const (
	maxLocals = 190
	maxLevels = 199
	maxTaken  = 254 // registers
	// reservedAtStart is the number of variables that anchor and gopher-lua declare.
	reservedAtStart = 2
)

// A variable is a local variable in scope.
type variable struct {
	name  string
	fixed bool // <const> or <close>
}

// A function is a function being parsed, with its variables in scope.
type function struct {
	parent *function
	line   int // line where it begins, 0 for the main function
	vararg bool
	last   string // its last parameter
	locals []variable
	blocks []int    // len(locals) at the start of each open block
	loops  []string // labels at the ends of open loops, "" for a loop without a break so far
	hidden int      // number of variables declared by the parser
	dots   bool     // whether "..." was read
	jumps  bool     // whether there are gotos
	exits  int      // number of labels, and of statements that may leave a block
	taken  int      // registers that a real server needs here, in addition to those of variables
	// reserved is the number of registers in use here by variables that the parser declared.
	reserved int
	labels   []map[string]int
	fresh    []string // labels without a statement after them so far
	pending  []jump
}

// A jump is a goto or break whose target is not known yet.
type jump struct {
	label string
	line  int
	depth int // open blocks
	// locals is the number of variables in scope in the innermost block that is still open.
	locals int
}

// exit counts a statement that may leave a block.
func (f *function) exit() { f.exits++ }

func (f *function) open() {
	f.blocks = append(f.blocks, len(f.locals))
	f.labels = append(f.labels, nil)
}

func (f *function) close() {
	last := len(f.blocks) - 1
	f.locals = f.locals[:f.blocks[last]]
	f.blocks = f.blocks[:last]
	inner := len(f.pending) // jumps are sorted by depth
	for inner > 0 && f.pending[inner-1].depth > last {
		inner--
	}
	kept := f.pending[:inner]
	for _, j := range f.pending[inner:] {
		if _, here := f.labels[last][j.label]; here {
			continue
		}
		j.depth = min(j.depth, last)
		j.locals = min(j.locals, len(f.locals))
		kept = append(kept, j)
	}
	f.pending = kept
	f.labels = f.labels[:last]
}

// visible reports whether a label is in scope.
func (f *function) visible(label string) bool {
	return slices.ContainsFunc(f.labels, func(labels map[string]int) bool {
		_, ok := labels[label]
		return ok
	})
}

// label declares a label. If a label of the same name is in scope, it returns that label's line.
func (f *function) label(name string, line int) (old int, repeated bool) {
	for _, labels := range f.labels {
		if old, repeated = labels[name]; repeated {
			return old, true
		}
	}
	last := len(f.labels) - 1
	if f.labels[last] == nil {
		f.labels[last] = make(map[string]int)
	}
	f.labels[last][name] = line
	return 0, false
}

// where a name is found determines how messages describe it.
const (
	isLocal   = "local"
	isUpvalue = "upvalue"
	isGlobal  = "global"
)

// resolve finds the variable that a name means inside f.
func (f *function) resolve(name string) (v variable, where string) {
	where = isLocal
	for ; f != nil; f = f.parent {
		for i := len(f.locals) - 1; i >= 0; i-- {
			if f.locals[i].name == name {
				return f.locals[i], where
			}
		}
		where = isUpvalue
	}
	return variable{}, isGlobal
}
