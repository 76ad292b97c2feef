/** The form of a uid: an RFID chip of 4, 7 or 10 bytes, the platform's own uid, a vehicle's MAC address or its VIN. */
export type UidForm = 'rfid4' | 'rfid7' | 'rfid10' | 'virtual' | 'mac' | 'vin';
