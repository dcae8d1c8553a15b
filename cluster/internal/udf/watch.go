package udf

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// How often a function that runs is looked at, in steps: instructions of Lua, and what libraries count as such.
const (
	stepsAtOnce = 200                  // until the next look at the clock
	looksAtOnce = 250                  // looks at the clock until the next look at the memory,
	lookAgain   = 5 * time.Millisecond // which comes after this time at the latest
)

// maxLate is how often a function may catch the error that its time is over. A real server has no end to that.
const maxLate = 100

// timeout and noMemory are what functions fail with that take too much, in the server's words.
const (
	timeout  = "UDF Execution Timeout"
	noMemory = "not enough memory"
)

// A watch looks at the clock and at the memory while a function runs. gopher-lua asks a context whether it is done before
// each instruction, which makes it the count hook that a real server has. The context itself never ends:
// gopher-lua would report that at another place than a real server does.
type watch struct {
	context.Context
	machine *machine
	thread  *lua.LState
}

// Done counts an instruction, and raises an error of Lua if the function has to end.
func (w *watch) Done() <-chan struct{} {
	w.machine.work(w.thread, 1)
	return nil
}

// Err is nil, as the context does not end.
func (w *watch) Err() error { return nil }

// A budget is what is left to a function that runs.
type budget struct {
	ctx   context.Context
	left  int       // steps until the next look at the clock
	looks int       // until the next look at the memory
	last  time.Time // when that was
	late  int       // errors that were raised because the time is over
	spent int       // bytes that libraries have taken since the last look
	heap  uint64    // bytes that the process had in use at the first look, 0 before
}

// work counts steps, and ends a function that is out of time. As on a real server the error has the place of what
// has called the function under way, and may be caught.
func (m *machine) work(L *lua.LState, steps int) {
	b := &m.budget
	if b.left -= steps; b.left > 0 || b.ctx == nil {
		return
	}
	b.left = stepsAtOnce
	if b.ctx.Err() != nil {
		if b.late++; b.late > maxLate {
			b.left = 0
		}
		L.Error(lua.LString(place(L, 1)+timeout), 0)
	}
	if b.looks--; b.looks <= 0 || time.Since(b.last) > lookAgain {
		b.looks, b.last = looksAtOnce, time.Now()
		m.weigh(L, 0)
	}
}

// spend counts memory that a function is about to take, and ends it when that is too much.
func (m *machine) spend(L *lua.LState, bytes int) {
	b := &m.budget
	if bytes > m.most {
		failMemory(L)
	}
	if b.spent += bytes; b.spent > m.most/4 {
		b.spent = 0
		m.weigh(L, uint64(bytes))
	}
}

// weigh ends a function during which the process has come to use so much more than at the first look, what is garbage not
// counted. What runs beside it is counted as its own: nothing tells the two apart.
func (m *machine) weigh(L *lua.LState, more uint64) {
	b := &m.budget
	used := heapInUse() + more
	if b.heap == 0 {
		b.heap = used
	}
	if used <= b.heap+uint64(m.most) {
		return
	}
	runtime.GC()
	if heapInUse()+more > b.heap+uint64(m.most) {
		failMemory(L)
	}
}

func failMemory(L *lua.LState) { L.Error(lua.LString(noMemory), 0) }

// heapInUse gives the bytes of the process's heap that are in use, with garbage not found yet.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// place gives the place of a function under way as messages begin with it, "" if it is none of Lua's.
func place(L *lua.LState, level int) string {
	frame, ok := L.GetStack(level)
	if !ok {
		return ""
	}
	if _, err := L.GetInfo("Sl", frame, lua.LNil); err != nil || frame.Source == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", frame.Source, frame.CurrentLine)
}

// What reading source takes, about.
const (
	tokenMemory = 300 // bytes
	tokenSteps  = 1   // of the machine
)

// A guard ends the compiling of source that takes too much, as it is done while a function runs.
type guard struct{ call call }

// Read counts tokens as steps and memory.
func (g *guard) Read(tokens int) {
	g.call.work(tokens * tokenSteps)
	g.call.spend(tokens * tokenMemory)
}

// Compile ends what would take longer than there is time, as nothing can interrupt it.
func (g *guard) Compile(nanoseconds int) {
	end, ok := g.call.machine.budget.ctx.Deadline()
	if ok && time.Until(end) < time.Duration(nanoseconds) {
		g.call.RaiseError(timeout)
	}
}
