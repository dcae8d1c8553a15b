package link

import "sync/atomic"

// A Traffic counts the bytes sent and received on the connections to a node while On is true. A nil
// Traffic counts nothing.
type Traffic struct {
	On      *atomic.Bool
	In, Out atomic.Int64
}

func (t *Traffic) received(n int) {
	if t != nil && t.On.Load() {
		t.In.Add(int64(n))
	}
}

func (t *Traffic) sent(n int) {
	if t != nil && t.On.Load() {
		t.Out.Add(int64(n))
	}
}
