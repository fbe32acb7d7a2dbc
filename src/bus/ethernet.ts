// Ethernet between a MAC and whatever its PHY is plugged into: another port, a TAP of this computer, a file.

/** Speeds of a link, in Mbit/s. */
export type EthernetSpeed = 10 | 100 | 1000 | 2500 | 10_000;

/** A link that is up; undefined where one is down. */
export interface EthernetLink {
  readonly speed: EthernetSpeed;
  readonly fullDuplex: boolean;
}

/** What happened to a frame on its way, as a MAC sees it. */
export interface EthernetDamage {
  /** The frame check sequence does not fit. */
  readonly fcs?: true;
  /** A code error, or the carrier went in the middle. */
  readonly code?: true;
}

/**
 * Takes a frame: from the destination address to the last byte of payload, without preamble and frame check sequence.
 * The bytes are the sender's: valid during the call only.
 */
export type EthernetReceive = (frame: Uint8Array, damage?: EthernetDamage) => void;

/** Where a PHY answers questions: its address on the MDIO bus of the socket of that name. */
export interface PhySeat {
  readonly bus: string;
  readonly addr: number;
}

/** What a MAC, a chip, has of its wire. */
export interface EthernetPort {
  /** Sends a frame that is whole. Nobody hears it while the link is down. */
  send(frame: Uint8Array): void;
  /** Who hears what comes in, while the link is up. One receiver; the last one counts. */
  receive(receive: EthernetReceive): void;
  /** Where the PHY of the wire sits; undefined where there is none, as with a fixed link. */
  readonly phy?: PhySeat | undefined;
  /** The link now. */
  readonly link: EthernetLink | undefined;
  /** Told when the link changes. */
  onLink(changed: (link: EthernetLink | undefined) => void): void;
}

/** The far end of a port's wire, for whoever stands in for the network. */
export interface EthernetPeer {
  /** Device path of the MAC. */
  readonly name: string;
  /** Sends a frame towards the MAC, damaged if wanted. A whole one is filled up to 60 bytes, as every sender does. */
  send(frame: Uint8Array, damage?: EthernetDamage): void;
  /** Hears what the MAC sends. The answer ends that. */
  listen(receive: EthernetReceive): () => void;
  /** Plugs in or pulls out. */
  plug(link: EthernetLink | undefined): void;
}
