package udf

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// How often a running function is checked. Steps are Lua instructions, and what libraries charge as
// such.
const (
	clockInterval     = 200                  // steps between two clock checks
	memoryInterval    = 250                  // clock checks between two memory checks,
	maxMemoryInterval = 5 * time.Millisecond // or this time, if it is shorter
)

// maxTimeouts is how often a function may catch the timeout error. A real server has no limit.
const maxTimeouts = 100

// timeout and noMemory are the errors of functions that exceed a limit, in the server's words.
const (
	timeout  = "UDF Execution Timeout"
	noMemory = "not enough memory"
)

// A watch checks the clock and the memory while a function runs. gopher-lua asks a context whether
// it is done before each instruction, so a watch works like the count hook of a real server. The
// context itself never ends: gopher-lua would report its end at another position than a real server
// does.
type watch struct {
	context.Context
	machine *machine
	thread  *lua.LState
}

// Done counts an instruction. It raises a Lua error if a limit is exceeded.
func (w *watch) Done() <-chan struct{} {
	w.machine.work(w.thread, 1)
	return nil
}

// Err returns nil, because the context never ends.
func (w *watch) Err() error { return nil }

// A budget tracks what a running function has used and may still use.
type budget struct {
	ctx         context.Context
	left        int       // steps until the next clock check
	clockChecks int       // clock checks until the next memory check
	checked     time.Time // time of the last memory check
	timeouts    int       // timeout errors raised so far
	spent       int       // bytes that libraries charged since the last memory check
	heap        uint64    // heap in use at the first memory check, 0 before it
}

// work charges steps, and raises an error if the time is over. As on a real server the error has
// the position of the caller of the running function, and can be caught.
func (m *machine) work(L *lua.LState, steps int) {
	b := &m.budget
	if b.left -= steps; b.left > 0 || b.ctx == nil {
		return
	}
	b.left = clockInterval
	if b.ctx.Err() != nil {
		if b.timeouts++; b.timeouts > maxTimeouts {
			b.left = 0
		}
		L.Error(lua.LString(place(L, 1)+timeout), 0)
	}
	if b.clockChecks--; b.clockChecks <= 0 || time.Since(b.checked) > maxMemoryInterval {
		b.clockChecks, b.checked = memoryInterval, time.Now()
		m.checkMemory(L, 0)
	}
}

// spend charges memory that a function is about to allocate. It raises an error if that is too
// much.
func (m *machine) spend(L *lua.LState, bytes int) {
	b := &m.budget
	if bytes > m.memoryLimit {
		failMemory(L)
	}
	if b.spent += bytes; b.spent > m.memoryLimit/4 {
		b.spent = 0
		m.checkMemory(L, uint64(bytes))
	}
}

// checkMemory raises an error if the heap has grown by more than the limit since the first check,
// not counting garbage. It cannot tell the function's memory from that of other goroutines, so it
// counts both.
func (m *machine) checkMemory(L *lua.LState, more uint64) {
	b := &m.budget
	used := heapInUse() + more
	if b.heap == 0 {
		b.heap = used
	}
	if used <= b.heap+uint64(m.memoryLimit) {
		return
	}
	runtime.GC()
	if heapInUse()+more > b.heap+uint64(m.memoryLimit) {
		failMemory(L)
	}
}

func failMemory(L *lua.LState) { L.Error(lua.LString(noMemory), 0) }

// heapInUse returns the bytes in use on the heap, including garbage that has not been collected.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// place returns the position of an active function as a prefix for messages, "" if it is not a Lua
// function.
func place(L *lua.LState, level int) string {
	frame, ok := stackFrame(L, level)
	if !ok {
		return ""
	}
	if _, err := L.GetInfo("Sl", frame, lua.LNil); err != nil || frame.Source == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", frame.Source, frame.CurrentLine)
}

// maxTailCalls is how many tail calls stackFrame skips.
const maxTailCalls = 100

// stackFrame returns the active function at a level. gopher-lua counts each tail call as a level of
// its own, as Lua 5.1 does. stackFrame skips them: GetStack returns the frame of the main function
// for them, which is otherwise the last one.
func stackFrame(L *lua.LState, level int) (frame *lua.Debug, ok bool) {
	if level < 2 {
		return L.GetStack(level)
	}
	found := 1
	for n := 2; n <= level+maxTailCalls; n++ {
		frame, ok = L.GetStack(n)
		if !ok {
			return nil, false
		}
		if _, err := L.GetInfo("S", frame, lua.LNil); err != nil {
			return nil, false
		}
		if _, more := L.GetStack(n + 1); frame.What == "main" && more {
			continue
		}
		if found++; found == level {
			return frame, true
		}
	}
	return nil, false
}

// Approximate costs of parsing source.
const (
	tokenMemory = 300 // bytes per token
	tokenSteps  = 1   // steps per token
)

// A guard limits the cost of compiling source while a function runs.
type guard struct{ call call }

// Read charges tokens as steps and memory.
func (g *guard) Read(tokens int) {
	g.call.work(tokens * tokenSteps)
	g.call.spend(tokens * tokenMemory)
}

// Compile raises an error if compiling would take longer than the time left, because nothing can
// interrupt it.
func (g *guard) Compile(nanoseconds int) {
	end, ok := g.call.machine.budget.ctx.Deadline()
	if ok && time.Until(end) < time.Duration(nanoseconds) {
		g.call.RaiseError(timeout)
	}
}
