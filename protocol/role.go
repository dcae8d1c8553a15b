package protocol

// A Role is a bundle of privileges that users are given.
type Role struct {
	Name       string
	Privileges []Privilege
	// Allowlist holds the addresses, "10.0.0.1" or "10.0.0.0/8", from which users who have the role may
	// connect; empty is from anywhere (server 4.7).
	Allowlist []string
	// ReadQuota and WriteQuota bound the records a second that a user with the role may read and write at
	// each node; 0 is no bound (server 5.6, with enable-quotas).
	ReadQuota, WriteQuota uint32
}

// A User is what a server tells about a user.
type User struct {
	Name  string
	Roles []string // in the server's order
	// Read and Write are what the user does at this node at the moment (server 5.6).
	Read, Write Usage
	// Connections that the user has to this node.
	Connections uint32
}

// A Usage is what a user does in one direction at a node: quota and use, in records a second.
type Usage struct {
	Quota     uint32 // that the user's roles give, 0 for none
	TPS       uint32 // commands on single records
	QueryRPS  uint32 // records of queries that have a limit of records a second
	Limitless uint32 // how many queries without such a limit are under way
}
