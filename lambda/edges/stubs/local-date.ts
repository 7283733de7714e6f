/** Stands in for what mysql2 makes dates in the process's own time zone with. The function gets dates as texts, and says that it is in UTC. */
export const usesLocalDate = (): boolean => false;
