package dev.tpm2token.token;

/** CK_SLOT_INFO: what C_GetSlotInfo says. Every slot has its token present. */
public record SlotInfo(String description, String manufacturer) {}
