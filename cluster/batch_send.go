package cluster

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// briefRequest is the size in bytes up to which a request does not fill the buffers of an idle
	// connection, so that writing it does not wait for the node.
	briefRequest = 16 << 10
	// briefWait is how long the caller waits for one node while answers of others may be there.
	briefWait = 2 * time.Millisecond
)

// send sends the rows to all nodes at the same time, or to as many as the policy allows.
func (b *batchRun) send(ctx context.Context, parts []*batchPart) {
	most := b.policy.MaxConcurrentNodes
	if most == 0 {
		most = max(len(parts), 1)
	}
	for chunk := range slices.Chunk(parts, most) {
		if len(chunk) == 1 {
			b.ask(ctx, chunk[0])
		} else {
			b.askAll(ctx, chunk)
		}
	}
}

// askAll sends several nodes their rows. The caller sends small requests itself, one after the
// other, and then reads the answers: waking a goroutine for each node costs more than the request.
// What may keep the caller waiting is left to goroutines: other requests, connections that must be
// opened, and the answers of the others if one node is slow.
func (b *batchRun) askAll(ctx context.Context, parts []*batchPart) {
	var others sync.WaitGroup
	defer others.Wait()
	sent := make([]*batchPart, 0, len(parts))
	var left []*batchPart
	for _, part := range parts {
		switch begun, ok := b.beginBriefly(ctx, part); {
		case ok:
			sent = append(sent, part)
		case !begun:
			left = append(left, part)
		}
	}
	for i, part := range left {
		if i == len(left)-1 && len(sent) == 0 {
			b.ask(ctx, part)
		} else {
			others.Go(func() { b.ask(ctx, part) })
		}
	}
	for i, part := range sent {
		part.sent.conn.AllowArrived(briefWait)
		if rest := sent[i+1:]; len(rest) > 0 && !part.sent.conn.Arrives(briefWait) {
			for _, other := range rest {
				others.Go(func() { b.finish(ctx, other) })
			}
			b.finish(ctx, part)
			return
		}
		b.finish(ctx, part)
	}
}

// beginBriefly sends a node its rows if that does not wait. It reports whether it has begun to, and
// whether there is an answer to read.
func (b *batchRun) beginBriefly(ctx context.Context, part *batchPart) (begun, ok bool) {
	if len(part.rows) == 1 && b.span.Delay > 0 {
		return false, false // the connection may have to be kept for a late answer
	}
	n, size := b.fitting(part.rows)
	if n < len(part.rows) || size > briefRequest {
		return false, false
	}
	now := time.Now()
	c := part.node.acquireIdle(&b.span, now)
	if c == nil {
		return false, false
	}
	if f := part.node.admit(now); f.err != nil {
		part.node.release(c)
		return false, false
	}
	part.size = size
	return true, b.begin(ctx, part, c, now)
}
