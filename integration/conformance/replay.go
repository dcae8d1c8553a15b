package conformance

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// Dial opens a connection to the server under test.
type Dial func() (net.Conn, error)

// A Count counts the frames, and those whose response matched the recording.
type Count struct{ Matched, Frames int }

// A Mismatch is a frame whose response differs from the recording.
type Mismatch struct {
	Scenario string
	Frame    int // index in the scenario
	Request  []byte
	Want     []byte
	Got      []byte
	Err      error // why there is no response; nil if there is one
}

// A Report is the result of a replay.
type Report struct {
	Total      Count
	Categories map[string]Count
	// Order lists the categories in the order of the recordings.
	Order []string
	// Mismatches has the first mismatch of each scenario. Later mismatches in the same scenario are
	// usually consequences of the first.
	Mismatches []Mismatch
}

// frameTimeout is the time that a server has to respond to one request.
const frameTimeout = 10 * time.Second

// Replay sends every request of a recording and adds the results to the report. If a connection
// breaks the scenario continues on a new one. Replay fails only if the recording cannot be read or
// the server cannot be reached.
func (r *Report) Replay(dial Dial, file string) error {
	p := player{dial: dial}
	defer p.close()
	for s, err := range wiretest.Scenarios(file) {
		if err != nil {
			return err
		}
		if err := r.scenario(&p, s); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

func (r *Report) scenario(p *player, s *wiretest.Scenario) error {
	category := s.Category()
	if _, known := r.Categories[category]; !known {
		if r.Categories == nil {
			r.Categories = make(map[string]Count)
		}
		r.Order = append(r.Order, category)
	}
	count := r.Categories[category]
	clean := true
	for i, frame := range s.Frames {
		if err := p.connect(); err != nil {
			return err
		}
		got, err := p.exchange(frame.Request)
		count.Frames++
		r.Total.Frames++
		if err == nil && Equal(frame.Response, got) {
			count.Matched++
			r.Total.Matched++
			continue
		}
		if clean {
			clean = false
			r.Mismatches = append(r.Mismatches, Mismatch{
				Scenario: s.Name, Frame: i, Request: frame.Request, Want: frame.Response, Got: bytes.Clone(got), Err: err})
		}
	}
	r.Categories[category] = count
	return nil
}

// A player holds the connection of a replay.
type player struct {
	dial Dial
	conn net.Conn
	buf  []byte
}

func (p *player) connect() (err error) {
	if p.conn == nil {
		p.conn, err = p.dial()
	}
	return err
}

func (p *player) close() {
	if p.conn != nil {
		p.conn.Close()
		p.conn = nil
	}
}

// exchange sends a request and reads its whole response, which is valid until the next call.
func (p *player) exchange(request []byte) ([]byte, error) {
	answer, err := p.roundTrip(request)
	if err != nil {
		p.close()
	}
	return answer, err
}

func (p *player) roundTrip(request []byte) ([]byte, error) {
	if err := p.conn.SetDeadline(time.Now().Add(frameTimeout)); err != nil {
		return nil, err
	}
	if _, err := p.conn.Write(request); err != nil {
		return nil, err
	}
	p.buf = p.buf[:0]
	for {
		start := len(p.buf)
		if err := p.read(wire.ProtoHeaderSize); err != nil {
			return p.buf, err
		}
		h, err := wire.ParseProtoHeader(p.buf[start:])
		if err != nil {
			return p.buf, err
		}
		if err := p.read(h.Size); err != nil {
			return p.buf, err
		}
		if !answeredInParts(request) || hasLast(p.buf[start+wire.ProtoHeaderSize:]) {
			return p.buf, nil
		}
	}
}

func (p *player) read(n int) error {
	start := len(p.buf)
	p.buf = append(p.buf, make([]byte, n)...)
	_, err := io.ReadFull(p.conn, p.buf[start:])
	return err
}

// answeredInParts reports whether the request is a batch. The response to a batch ends with a
// message that is marked as the last.
func answeredInParts(request []byte) bool {
	return len(request) > wire.ProtoHeaderSize+1 && wire.Info1(request[wire.ProtoHeaderSize+1])&wire.Info1Batch != 0
}

func hasLast(body []byte) bool {
	var m wire.Message
	for len(body) > 0 {
		rest, err := m.Parse(body)
		if err != nil || m.Info3&wire.Info3Last != 0 {
			return true
		}
		body = rest
	}
	return false
}

// voidTimeOffset is the offset of the void time in a message header (docs/wire-core.md#1.2).
const voidTimeOffset = 10

// Equal compares two responses. Each has one or more messages with their proto headers.
func Equal(want, got []byte) bool {
	return bytes.Equal(want, got) || bytes.Equal(maskVoidTimes(want), maskVoidTimes(got))
}

// maskVoidTimes returns the response with 1 in place of every void time that is not 0 or TTLNever.
func maskVoidTimes(answer []byte) []byte {
	masked := bytes.Clone(answer)
	for rest := masked; len(rest) >= wire.ProtoHeaderSize; {
		h, err := wire.ParseProtoHeader(rest)
		if err != nil || h.Size > len(rest)-wire.ProtoHeaderSize {
			break
		}
		body := rest[wire.ProtoHeaderSize : wire.ProtoHeaderSize+h.Size]
		rest = rest[wire.ProtoHeaderSize+h.Size:]
		var m wire.Message
		for len(body) > 0 {
			next, err := m.Parse(body)
			if err != nil {
				break
			}
			if m.RecordTTL != 0 && m.RecordTTL != protocol.TTLNever {
				binary.BigEndian.PutUint32(body[voidTimeOffset:], 1)
			}
			body = next
		}
	}
	return masked
}
