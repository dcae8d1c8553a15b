package conformance

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol/wire"
)

// String returns the request, the expected response and the actual response.
func (m *Mismatch) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s frame %d\n  request %s\n  want    %s\n", m.Scenario, m.Frame, Describe(m.Request), Describe(m.Want))
	if m.Err != nil {
		fmt.Fprintf(&b, "  got     %v after %d bytes", m.Err, len(m.Got))
		return b.String()
	}
	fmt.Fprintf(&b, "  got     %s", Describe(m.Got))
	return b.String()
}

// Describe formats messages with their proto headers.
func Describe(data []byte) string {
	var parts []string
	for len(data) >= wire.ProtoHeaderSize {
		h, err := wire.ParseProtoHeader(data)
		if err != nil || h.Size > len(data)-wire.ProtoHeaderSize {
			break
		}
		body := data[wire.ProtoHeaderSize : wire.ProtoHeaderSize+h.Size]
		data = data[wire.ProtoHeaderSize+h.Size:]
		parts = append(parts, fmt.Sprintf("[%d bytes%s]", h.Size, describeBody(body)))
	}
	if len(data) > 0 {
		parts = append(parts, fmt.Sprintf("% x", data))
	}
	return strings.Join(parts, " ")
}

func describeBody(body []byte) string {
	var b strings.Builder
	var m wire.Message
	for len(body) > 0 {
		rest, err := m.Parse(body)
		if err != nil {
			fmt.Fprintf(&b, " % x", body)
			break
		}
		describeMessage(&b, &m)
		body = rest
	}
	return b.String()
}

func describeMessage(b *strings.Builder, m *wire.Message) {
	fmt.Fprintf(b, " {%02x %02x %02x %02x code %d gen %d ttl %d tttl %d", uint8(m.Info1), uint8(m.Info2), uint8(m.Info3),
		uint8(m.Info4), int(m.ResultCode), m.Generation, m.RecordTTL, m.TransactionTTL)
	for _, f := range m.Fields {
		switch f.Type {
		case wire.FieldNamespace, wire.FieldSet, wire.FieldUDFPackage, wire.FieldUDFFunction:
			fmt.Fprintf(b, " %d:%q", uint8(f.Type), f.Data)
		case wire.FieldDigest:
			fmt.Fprintf(b, " digest:%x..", f.Data[:min(4, len(f.Data))])
		default:
			fmt.Fprintf(b, " %d:%x", uint8(f.Type), f.Data)
		}
	}
	for _, o := range m.Ops {
		fmt.Fprintf(b, " op%d(%q %d:%x)", uint8(o.Code), o.Name, uint8(o.Type), o.Data)
	}
	b.WriteString("}")
}
