package replay

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// maxAbout is the length of the longest description.
const maxAbout = 200

// about describes a request for readers: words that are separated by spaces.
func (r *request) about() string {
	text := ""
	switch r.kind {
	case kindInfo:
		text = strings.Join(strings.Fields(string(r.frame.body())), " ")
	case kindAdmin:
		user, _ := r.admin.Field(wire.AdminFieldUser)
		text = strings.TrimSpace(r.admin.Command.String() + " " + string(user))
	case kindBatch:
		text = r.aboutBatch()
	case kindRead, kindWrite, kindQuery:
		text = aboutMessage(r.message)
	}
	if len(text) > maxAbout {
		text = text[:maxAbout] + "..."
	}
	return strings.ToValidUTF8(text, "?")
}

// aboutMessage describes a command on one record, or a query.
func aboutMessage(m *wire.Message) string {
	field := func(t wire.FieldType) string {
		data, _ := m.Field(t)
		return string(data)
	}
	words := []string{field(wire.FieldNamespace), field(wire.FieldSet)}
	if digest := field(wire.FieldDigest); digest != "" {
		words = append(words, hex.EncodeToString([]byte(digest)))
	}
	if key, ok := m.Field(wire.FieldKey); ok && len(key) > 0 {
		if v, err := protocol.ParseParticle(protocol.ParticleType(key[0]), key[1:]); err == nil {
			words = append(words, "key="+v.String())
		}
	}
	if name := field(wire.FieldIndexName); name != "" {
		words = append(words, "index="+name)
	}
	if data, ok := m.Field(wire.FieldIndexRange); ok && len(data) > 2 && len(data)-2 >= int(data[1]) {
		words = append(words, "range="+string(data[2:2+int(data[1])]))
	}
	if name := field(wire.FieldUDFFunction); name != "" {
		words = append(words, "function="+field(wire.FieldUDFPackage)+"."+name)
	}
	for i := range m.Ops {
		words = append(words, operationNames[m.Ops[i].Code]+":"+string(m.Ops[i].Name))
	}
	switch {
	case m.Info2&wire.Info2Delete != 0:
		words = append(words, "delete")
	case m.Info1&wire.Info1NoBins != 0:
		words = append(words, "header")
	case m.Info1&wire.Info1GetAll != 0:
		words = append(words, "all")
	}
	return strings.Join(words, " ")
}

var operationNames = map[protocol.OpCode]string{
	protocol.OpRead: "read", protocol.OpWrite: "write", protocol.OpCDTRead: "cdt-read", protocol.OpCDTModify: "cdt-modify",
	protocol.OpAdd: "add", protocol.OpExpRead: "exp-read", protocol.OpExpModify: "exp-modify", protocol.OpAppend: "append",
	protocol.OpPrepend: "prepend", protocol.OpTouch: "touch", protocol.OpBitsRead: "bits-read", protocol.OpBitsModify: "bits-modify",
	protocol.OpDelete: "delete", protocol.OpHLLRead: "hll-read", protocol.OpHLLModify: "hll-modify",
}

// aboutBatch describes a batch by the number of its rows and its first row.
func (r *request) aboutBatch() string {
	rows := batchRows(r.frame)
	if rows == nil {
		return "malformed"
	}
	b, err := wire.ParseBatch(rows)
	if err != nil {
		return "malformed"
	}
	text := fmt.Sprintf("rows=%d", b.Rows)
	if row, err := b.Next(); err == nil && row != nil {
		text += " " + aboutMessage(&row.Message) + " " + row.Digest.String()
	}
	return text
}

// batchRows returns the rows of a batch, to the end of the body, or nil if there are none.
func batchRows(f frame) []byte {
	rest := f.body()[wire.HeaderSize:]
	for len(rest) >= 5 {
		size := int64(rest[0])<<24 | int64(rest[1])<<16 | int64(rest[2])<<8 | int64(rest[3])
		if t := wire.FieldType(rest[4]); t == wire.FieldBatch || t == wire.FieldBatchWithSet {
			return rest[5:]
		}
		if size < 1 || size > int64(len(rest)-4) {
			return nil
		}
		rest = rest[4+size:]
	}
	return nil
}

// nearest returns the exchange that is most like the request: of the same kind, with the most words
// of the description in common, then of the most similar length. It returns nil if there is none of
// the kind.
func nearest(exchanges []Exchange, node int, kind, about string, size int) *Exchange {
	words := strings.Fields(about)
	var best *Exchange
	bestScore := [3]int{-1, 0, 0}
	for i := range exchanges {
		x := &exchanges[i]
		if x.Kind != kind {
			continue
		}
		score := [3]int{commonWords(words, strings.Fields(x.About)), 0, -max(len(x.Request)-size, size-len(x.Request))}
		if x.Node == node {
			score[1] = 1
		}
		if slices.Compare(score[:], bestScore[:]) > 0 {
			best, bestScore = x, score
		}
	}
	return best
}

// commonWords counts the words of a that are in b.
func commonWords(a, b []string) (n int) {
	for _, word := range a {
		if slices.Contains(b, word) {
			n++
		}
	}
	return n
}
