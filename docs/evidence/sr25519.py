# SPDX-License-Identifier: Apache-2.0
"""Whether an sr25519 signature fits: Schnorr signatures over Ristretto (RFC 9496), whose challenge comes from a Merlin transcript, as the accounts
of the chain sign. Standard library only; some milliseconds for each. For checking alone: nothing in here keeps a secret.

Sources: RFC 9496 (ristretto255), FIPS 202 (Keccak-f[1600]), https://strobe.sourceforge.io/specs (STROBE 1.0.2),
https://merlin.cool (transcripts), https://github.com/w3f/schnorrkel (protocol and labels).
"""
P = (1 << 255) - 19
ORDER = (1 << 252) + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


# ---- transcript -----------------------------------------------------------------------------------------------------


def _round_constants():
    """Of Keccak-f[1600]: bits of a shift register with x^8 + x^6 + x^5 + x^4 + 1."""
    state, constants = 1, []
    for _ in range(24):
        constant = 0
        for j in range(7):
            if state & 1:
                constant |= 1 << ((1 << j) - 1)
            state = (state << 1) ^ (0x171 if state & 0x80 else 0)
        constants.append(constant)
    return constants


ROUND_CONSTANTS = _round_constants()


def keccak(state):
    mask = (1 << 64) - 1

    def rotate(lane, bits):
        return ((lane << bits) | (lane >> (64 - bits))) & mask if bits else lane

    lanes = [int.from_bytes(state[8 * i : 8 * i + 8], "little") for i in range(25)]
    for constant in ROUND_CONSTANTS:
        column = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            parity = column[(x + 4) % 5] ^ rotate(column[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                lanes[x + y] ^= parity
        x, y, current = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x + 5 * y] = lanes[x + 5 * y], rotate(current, (step + 1) * (step + 2) // 2 % 64)
        for y in range(0, 25, 5):
            row = lanes[y : y + 5]
            for x in range(5):
                lanes[x + y] = row[x] ^ (~row[(x + 1) % 5] & mask & row[(x + 2) % 5])
        lanes[0] ^= constant
    return bytearray(b"".join(lane.to_bytes(8, "little") for lane in lanes))


class Transcript:
    """Merlin over STROBE-128, as far as it is needed here."""

    RATE = 166
    AD, META_AD, PRF, NEEDS_F = 2, 16 | 2, 1 | 2 | 4, 4

    def __init__(self, label):
        state = bytearray(200)
        state[:18] = bytes([1, self.RATE + 2, 1, 0, 1, 96]) + b"STROBEv1.0.2"
        self.state, self.at, self.begun = keccak(state), 0, 0
        self.operate(self.META_AD, b"Merlin v1.0")
        self.append(b"dom-sep", label)

    def permute(self):
        self.state[self.at] ^= self.begun
        self.state[self.at + 1] ^= 4
        self.state[self.RATE + 1] ^= 0x80
        self.state, self.at, self.begun = keccak(self.state), 0, 0

    def absorb(self, data):
        for byte in data:
            self.state[self.at] ^= byte
            self.at += 1
            if self.at == self.RATE:
                self.permute()

    def operate(self, flags, data):
        begun, self.begun = self.begun, self.at + 1
        self.absorb(bytes([begun, flags]))
        if flags & self.NEEDS_F and self.at:
            self.permute()
        self.absorb(data)

    def append(self, label, message):
        self.operate(self.META_AD, label + len(message).to_bytes(4, "little"))
        self.operate(self.AD, message)

    def challenge(self, label, length):
        self.operate(self.META_AD, label + length.to_bytes(4, "little"))
        self.operate(self.PRF, b"")
        found = bytearray()
        for _ in range(length):
            found.append(self.state[self.at])
            self.state[self.at] = 0
            self.at += 1
            if self.at == self.RATE:
                self.permute()
        return bytes(found)


# ---- group ----------------------------------------------------------------------------------------------------------


def absolute(x):
    return P - x if x & 1 else x


def sqrt_ratio(u, v):
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check, u = v * r * r % P, u % P
    if check in (P - u, (P - u) * SQRT_M1 % P):
        r = r * SQRT_M1 % P
    return check in (u, P - u), absolute(r)


INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]


def decode(data):
    """The point of 32 bytes; None where they are the encoding of none."""
    s = int.from_bytes(data, "little")
    if s >= P or s & 1:
        return None
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square, invsqrt = sqrt_ratio(1, v * u2 * u2 % P)
    x = absolute(2 * s * invsqrt * u2 % P)
    y = u1 * invsqrt * invsqrt * u2 * v % P
    t = x * y % P
    return None if not square or t & 1 or y == 0 else (x, y, 1, t)


def encode(point):
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    _, invsqrt = sqrt_ratio(1, u1 * u2 * u2 % P)
    den1, den2 = invsqrt * u1 % P, invsqrt * u2 % P
    z_inv = den1 * den2 * t % P
    if t * z_inv % P & 1:
        x, y, den2 = y * SQRT_M1 % P, x * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    if x * z_inv % P & 1:
        y = P - y
    return absolute(den2 * (z - y) % P).to_bytes(32, "little")


def add(left, right):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = left, right
    a, b = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    c, d = 2 * t1 * t2 * D, 2 * z1 * z2
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    for bit in bin(scalar)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def base_point():
    y = 4 * pow(5, -1, P) % P
    x = sqrt_ratio(y * y - 1, D * y * y + 1)[1]
    return x, y, 1, x * y % P


# ---- signatures -----------------------------------------------------------------------------------------------------


def signature_holds(key, message, signature, context=b"substrate"):
    """Whether the holder of the 32 bytes `key` made the 64 bytes `signature` over `message`."""
    point = decode(key)
    # The highest bit marks a signature of this kind.
    if point is None or not signature[63] & 0x80:
        return False
    scalar = int.from_bytes(signature[32:], "little") & ((1 << 255) - 1)
    if scalar >= ORDER:
        return False
    transcript = Transcript(b"SigningContext")
    transcript.append(b"", context)
    transcript.append(b"sign-bytes", message)
    transcript.append(b"proto-name", b"Schnorr-sig")
    transcript.append(b"sign:pk", key)
    transcript.append(b"sign:R", signature[:32])
    challenge = int.from_bytes(transcript.challenge(b"sign:c", 64), "little") % ORDER
    x, y, z, t = point
    found = add(multiply(scalar, base_point()), multiply(challenge, (P - x, y, z, P - t)))
    return encode(found) == signature[:32]
