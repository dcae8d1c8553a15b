package devserver

import "github.com/aerosql/aerosql/protocol"

// adminHeaderSize is the length of an admin message without fields (wire-core.md 9).
const adminHeaderSize = 16

// appendAdminRefusal answers an administration message as an edition without
// security does: result code 51 and no fields, whatever was asked.
func appendAdminRefusal(dst, _ []byte) []byte {
	return appendAdminCode(dst, protocol.SecurityNotSupported)
}

// appendAdminCode answers an administration message with a result code and no fields.
func appendAdminCode(dst []byte, code protocol.ResultCode) []byte {
	dst = protocol.ProtoHeader{Type: protocol.ProtoAdmin, Size: adminHeaderSize}.AppendTo(dst)
	var head [adminHeaderSize]byte
	head[1] = byte(code)
	return append(dst, head[:]...)
}
