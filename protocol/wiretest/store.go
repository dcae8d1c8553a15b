package wiretest

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

// A Stored is a record that another client could store. Its user key and its bins can have forms
// that this project's client does not write.
type Stored struct {
	Namespace, Set string
	Digest         [20]byte
	Key            []byte // particle type and bytes of the user key, nil for none
	Bins           []StoredBin
}

// A StoredBin is a bin of a Stored.
type StoredBin struct {
	Name     string
	Particle byte
	Data     []byte
}

// Store writes the record over a connection to a server. It returns an error if the result code is
// not 0.
func Store(c net.Conn, r *Stored) error {
	if _, err := c.Write(r.frame()); err != nil {
		return err
	}
	answer := make([]byte, 8+22)
	if _, err := io.ReadFull(c, answer); err != nil {
		return err
	}
	if code := answer[8+5]; code != 0 {
		return fmt.Errorf("storing %x: result code %d", r.Digest, code)
	}
	return nil
}

func (r *Stored) frame() []byte {
	const write = 1
	m := make([]byte, 22)
	m[0], m[2], m[21] = 22, write, byte(len(r.Bins))
	field := func(id byte, data []byte) {
		m = append(binary.BigEndian.AppendUint32(m, uint32(len(data)+1)), id)
		m = append(m, data...)
		m[19]++
	}
	field(0, []byte(r.Namespace))
	field(1, []byte(r.Set))
	field(4, r.Digest[:])
	if r.Key != nil {
		field(2, r.Key)
	}
	for _, b := range r.Bins {
		m = binary.BigEndian.AppendUint32(m, uint32(4+len(b.Name)+len(b.Data)))
		m = append(m, 2, b.Particle, 0, byte(len(b.Name)))
		m = append(append(m, b.Name...), b.Data...)
	}
	return append(binary.BigEndian.AppendUint64(nil, uint64(len(m))|2<<56|3<<48), m...)
}
