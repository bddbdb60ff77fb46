/** placeholder */
export class Heap {}
