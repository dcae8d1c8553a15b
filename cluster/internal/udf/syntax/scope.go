package syntax

import "slices"

// Limits of Lua 5.4, and of the registers that gopher-lua has for them.
const (
	maxLocals = 190
	maxLevels = 199
	maxTaken  = 254 // registers
	// reservedAtStart is for the variables that anchor and gopher-lua declare.
	reservedAtStart = 2
)

// A variable is a local variable in scope.
type variable struct {
	name  string
	fixed bool // <const> or <close>
}

// A function is one that is being read, with its variables in scope.
type function struct {
	parent *function
	line   int // where it begins, 0 for the main one
	vararg bool
	last   string // its last parameter
	locals []variable
	blocks []int    // len(locals) where each open block began
	loops  []string // the labels behind open loops, "" for those that are not left yet
	hidden int      // names given to variables that the source does not have
	dots   bool     // whether "..." was read
	jumps  bool     // whether there are gotos
	exits  int      // statements that may leave a block, and labels
	taken  int      // registers that a real server needs at this place, beside those of variables
	// reserved is how many registers variables have here that the source does not have.
	reserved int
	labels   []map[string]int
	fresh    []string // labels behind which there was no statement yet
	pending  []jump
}

// A jump is a goto or break whose target is not known yet.
type jump struct {
	label string
	line  int
	depth int // open blocks
	// locals is how many variables are in scope, in the innermost block that is still open.
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
	inner := len(f.pending) // jumps are ordered by depth
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

// label declares a label; the line of one of the same name in scope is returned if there is one.
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

// where a name is found decides how messages call it.
const (
	isLocal   = "local"
	isUpvalue = "upvalue"
	isGlobal  = "global"
)

// resolve finds what a name means inside f.
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
